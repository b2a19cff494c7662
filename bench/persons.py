def rows(pg, mq):
    return []
