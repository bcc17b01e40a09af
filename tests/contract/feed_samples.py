"""A good and a bad delivery of each feed, as a department might write it; its people cannot exist.

Those of a feed that came after the seventeen lie in `samples/<department>_<feed>.yml`, with the same fields.

Division code 9901 is not assigned and phones with 142 are not issued. `good` headers are re-ordered, partly synonyms,
dressed up with blanks and full-width forms; `bad` ones lack or repeat a column.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.contracts.yaml_text import read_yaml


@dataclass(frozen=True)
class Sample:
    """One feed's samples.

    Attributes:
        feed: name of the contract.
        good: header row and data rows that the contract takes.
        unknown: headers of `good` that no contract knows.
        bad: a header row the contract refuses.
        missing, duplicates: why it does.
    """

    feed: str
    good: list[list[str]]
    bad: list[str]
    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()


def _rows(text: str) -> list[list[str]]:
    return [line.strip(" ").split("|") for line in text.strip("\n ").splitlines()]


SAMPLES = [
    Sample(
        feed="police_addresses",
        good=_rows("""
            \ufeff地址编码|省|市|区县|乡镇街道|村居|街路巷|门牌号|院落名称|楼栋号|单元号|楼层|户室号|经度|纬度|曾用地名|状态|网格员
            D1||云川市|望云区|城关街道|三渡社区|迎宾巷|76号|嘉禾府|3栋|2单元|5|501|100.02629|30.022234|旧巷、嘉禾|在用|甲
            D2|云岭省|云川市|望云区|石关镇|五里村||||五组||-1|||||停用|
        """),
        unknown=("网格员",),
        bad=["标准地址", "市", "区县"],
        missing=("address_code",),
    ),
    Sample(
        feed="police_residents",
        good=_rows("""
            姓 名|人员编号|性别|身份证号|出生日期|户号|户主关系|户籍地址|现住址|居住类别|手机号|登记日期|更新时间|状态||
            欧阳云川|RY1|男|990102199001010014|19900101|H1|户主|迎宾巷76号|嘉禾府3-2-501|常住|14200000001|20240305|2024-03-05|正常||
            阿卜杜拉·云川|RY2|２|990102199101010025|1991.01|H1|10|迎宾巷76号|嘉禾府|流动人口|14200000002|2024/3/5||已迁出||
        """),
        bad=["姓名", "身份证号", "现住址", "姓名"],
        missing=("resident_no",),
        duplicates=("姓名",),
    ),
    Sample(
        feed="police_incidents",
        good=_rows("""
            警情编号|接警时间|派警时间|到场时间|办结时间|警情类型|案件性质|案发地址|经度|纬度|来源|预警编号|处置结果
            JQ1|2024-07-25 01:19:00|||| 噪声扰民|非警务|三渡社区江南苑|||群众报警||未办结
            JQ2|2024-07-25 02:19:00||||电信诈骗|刑事|三渡社区|100.1|30.0|主动发现|E1|移交
        """),
        bad=["警情编号", "报警时间", "警情类别", "经度"],
        missing=("address",),
    ),
    Sample(
        feed="civil_affairs_benefits",
        good=_rows("""
            序号|姓名*|身份证号码|性别|出生年月|住址|救助类别|户主姓名|与户主关系|家庭人口|联系电话|批准时间|停发时间
            1|司徒云川|990102********0014|女|1950.03|嘉禾府3栋2单元501|城市低保|司徒云川|本人|1|14200000003|2020.05|
            2|王云川|不详|男|1949年3月|嘉禾府3栋2单元502|高龄补贴|王云川|户主|2|0990-6000000|2021年|2024.01
        """),
        bad=["序号", "姓名", "身份证号", "性别"],
        missing=("benefit",),
    ),
    Sample(
        feed="civil_affairs_elderly",
        good=_rows("""
            序号|姓名|身份证号|性别|出生年月|家庭住址|居住情况|健康状况|紧急联系人|紧急联系电话|最近走访日期
            1|尉迟云川|990102194001010013|男|1940.01|嘉禾府1栋101|独居老人|能自理|尉迟小川|14200000004|2024年3月5日
        """),
        bad=["序号", "性别", "住址"],
        missing=("name", "id_number"),
    ),
    Sample(
        feed="civil_affairs_marriages",
        good=_rows("""
            登记字号|登记日期|登记类别|女方姓名|女方身份证号|男方姓名|男方证件号
            J9901-2024-000001|2024-03-05|结婚登记|王云川|990102199101010025|欧阳云川|990102199001010014
        """),
        bad=["登记字号", "登记类别", "男方姓名", "男方"],
        missing=("wife_name",),
    ),
    Sample(
        feed="housing_properties",
        good=_rows("""
            不动产单元号|坐落|幢号|单元|室号|建筑面积（㎡）|建成年份|房屋结构|用途|总层数|权利人|权利人证件号|登记日期|权利状态|共有情况
            990102001000GB00000F00000000|迎宾巷76号|1|1|101|45.00|1991|砖混结构|成套住宅|6|王云川、欧阳云川|990102199101010025|2016-09-16|现势|共同共有
        """),
        unknown=("共有情况",),
        bad=["不动产单元号", "坐落", "产权人证件号"],
        missing=("owners",),
    ),
    Sample(
        feed="housing_leases",
        good=_rows("""
            备案号|房屋地址|不动产单元号|房东|出租人证件号|承租人姓名|承租人证件号码|承租人手机号|起租日期|到期日期|月租金（元）|居住人数
            ZL1|嘉禾府1-1-402||王云川|无|欧阳云川|990102199001010014|142****0001|2025-01-20|2026-01-19|5900|2
        """),
        bad=["备案号", "房屋坐落", "承租人", "承租人", "月租金"],
        duplicates=("承租人",),
    ),
    Sample(
        feed="property_occupants",
        good=_rows("""
            小区名称|房号|业主姓名|类别|手机号|身份证后六位|车牌号|入住日期|迁出日期|备注|更新日期
            嘉禾府|3#501|张女士|租客|14200000001/14200000002|10014X|云A00001、云A00002|||门禁卡2张|2024.03
        """),
        bad=["房号", "姓名", "手机号"],
        missing=("estate",),
    ),
    Sample(
        feed="property_workorders",
        good=_rows("""
            工单编号|小区|位置|类型|报修时间|完成时间|描述|满意度
            WO1|嘉禾府|3号楼电梯|电梯困人|2025-04-03 16:13|2025-04-09|已派单|2
        """),
        bad=["小区", "位置", "类型", "上报时间"],
        missing=("order_no",),
    ),
    Sample(
        feed="sensors_devices",
        good=_rows("""
            device_id|type|location|lon|lat|installed_on|status|vendor|firmware
            SM1|smoke|嘉禾府3栋|100.1|30.0|2024-03-05|online|云川电子|1.2
        """),
        unknown=("firmware",),
        bad=["id", "type", "location"],
        missing=("device_id",),
    ),
    Sample(
        feed="sensors_events",
        good=_rows("""
            event_id|deviceId|type|TS|value|handled_at
            E1|SM1|alarm|2025-06-01T08:00:00+08:00||
            E2|SM1|recovered|1748736000000|1.5|2025-06-01T09:00:00+08:00
        """),
        bad=["event_id", "device_id", "value"],
        missing=("type", "ts"),
    ),
    Sample(
        feed="street_office_disputes",
        good=_rows("""
            编号|受理日期|来源|纠纷类型|发生地址|调解结果|办结日期|响应部门|响应时长（分钟）
            JF1|2025.03|12345|邻里纠纷|嘉禾府3栋|调解成功|2025-04-01|司法所|30
        """),
        bad=["编号", "来源", "纠纷类型"],
        missing=("received_on",),
    ),
    Sample(
        feed="street_office_participation",
        good=_rows("""
            流水号|活动日期|社区|活动类型|姓名|手机号|积分
            JF1|20250403|三渡社区|义务巡逻|欧阳云川|14200000001|10
        """),
        bad=["流水号", "日期", "姓名", "积分"],
        missing=("community",),
    ),
    Sample(
        feed="street_office_surveys",
        good=_rows("""
            调查编号|调查日期|社区|题目|样本数|达标人数
            DC1|2025-05-29|三渡社区|机制知晓率|104|53
        """),
        bad=["调查编号", "社区", "题目", "样本数"],
        missing=("positive",),
    ),
    Sample(
        feed="street_office_readiness",
        good=_rows("""
            社区|类别|名称|应有数|实有数|检查日期|是否实战化
            三渡社区|应急物资|灭火器|10|8|2025/5/1|是
        """),
        bad=["社区", "类别", "应有数", "实有数", "应有数"],
        missing=("name",),
        duplicates=("应有数",),
    ),
    Sample(
        feed="market_regulation_enterprises",
        good=_rows("""
            统一社会信用代码|企业名称|法人|住所|经营场所|成立日期|经营状态|行业
            91990102CAL64KTYA9|云川市云川科技有限公司|欧阳云川|迎宾巷76号||2022-11-09|在业|软件服务
        """),
        unknown=("经营场所",),
        bad=["名称", "法定代表人", "住所"],
        missing=("credit_code",),
    ),
]


def _from_file(path: Path) -> Sample:
    told: dict[str, Any] = read_yaml(path.read_text(encoding="utf-8"))
    reasons = {name: tuple(told.get(name, ())) for name in ("unknown", "missing", "duplicates")}
    return Sample(feed=path.stem, good=_rows(told["good"]), bad=told["bad"], **reasons)


SAMPLES += [_from_file(path) for path in sorted((Path(__file__).parent / "samples").glob("*.yml"))]
