"""Other departments' lists (部门名单) as they send them: CSV or XLSX, with columns of their own."""
