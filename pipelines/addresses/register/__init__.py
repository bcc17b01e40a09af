"""The standard address register of the jurisdiction (标准地址库) with the indexes that texts are resolved against."""
