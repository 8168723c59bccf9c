"""The invented people of the demo: loaded as a lender's portfolio would be, relative to the day it runs."""
