"""Recurrences of dates; the codebook that decided whether a page belongs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # no table is made anew: on SQLite that would empty the tables that refer to it
    op.add_column("date_mention", sa.Column("rrule", sa.Text(), nullable=True))
    op.add_column("page", sa.Column("codebook_version", sa.String(length=40), nullable=True))


def downgrade() -> None:
    op.drop_column("page", "codebook_version")
    op.drop_column("date_mention", "rrule")
