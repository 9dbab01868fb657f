"""Which run asks a host; what lists told of an article"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("source_run", sa.Column("lists_unchanged", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("page", sa.Column("hints", sa.JSON(), nullable=True))
    op.create_table(
        "host_lock",
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat", sa.DateTime(timezone=True), nullable=False),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_host_lock_run_id_run"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_host_lock")),
    )


def downgrade() -> None:
    op.drop_table("host_lock")
    op.drop_column("page", "hints")
    op.drop_column("source_run", "lists_unchanged")
