"""Categories of articles"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # no table is made anew: on SQLite that would empty the tables that refer to it
    op.add_column("article", sa.Column("categories", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("article", "categories")
