-- Every indicator's value with its interval and the reason of its light, but for the one that counts lights.
{{ judge_indicators(ref('indicator_value')) }}
