"""stub"""
def unavailable(have): return {}
