"""What the pages beside the reports tell: a page for each account, the table of all, a book for each owner.

`page` tells one account, `rows` puts all side by side, `books` sorts them by owner, `lists` counts them. All
text is plain: whoever sets the pages escapes it.
"""

from reporting.reports.account_pages.page import Page
from reporting.reports.account_pages.told import Told

__all__ = ["Page", "Told"]
