"""What became of a finding over deliveries (`marts.return_list`), the workbooks of it, and the clerks' answers.

Which rows are wrong is found elsewhere (`quality.findings`); nothing here judges a value.
"""
