"""What each list told; looks that missed an article; old addresses; rights; sketches of texts, and twins"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("page", sa.Column("told", sa.JSON(), nullable=True))
    op.add_column("page", sa.Column("moved_to", sa.Text(), nullable=True))
    op.drop_column("page", "hint_hash")
    op.add_column("host_lock", sa.Column("refusals", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("run", sa.Column("holder", sa.Text(), nullable=True))
    op.add_column("source_run", sa.Column("missing", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("article", sa.Column("missing_since", _MOMENT, nullable=True))
    op.add_column("article", sa.Column("missing_reason", sa.String(length=10), nullable=True))
    op.add_column("article", sa.Column("rights", sa.JSON(), nullable=False, server_default="{}"))
    op.drop_index("ix_article_fingerprint", table_name="article")
    op.drop_column("article", "fingerprint")
    op.add_column("article", sa.Column("sketch", sa.LargeBinary(), nullable=True))
    op.add_column("article", sa.Column("placed", sa.Boolean(), nullable=False, server_default=sa.false()))
    unplaced = sa.text("NOT placed")
    op.create_index("ix_article_unplaced", "article", ["id"], sqlite_where=unplaced, postgresql_where=unplaced)
    op.create_table(
        "article_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.Column("moved_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_article_address_article_id_article"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["page.id"], name=op.f("fk_article_address_page_id_page"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_address")),
        sa.UniqueConstraint("article_id", "url", name=op.f("uq_article_address_article_id_url")),
    )
    op.create_index(op.f("ix_article_address_page_id"), "article_address", ["page_id"])
    op.create_table(
        "sketch",
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_sketch_article_id_article"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("value", "article_id", name=op.f("pk_sketch")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_sketch_article_id"), "sketch", ["article_id"])
    op.create_table(
        "article_twin",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("twin_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_article_twin_article_id_article"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["twin_id"], ["article.id"], name=op.f("fk_article_twin_twin_id_article"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "twin_id", name=op.f("pk_article_twin")),
    )
    op.create_index(op.f("ix_article_twin_twin_id"), "article_twin", ["twin_id"])


def downgrade() -> None:
    op.drop_table("article_twin")
    op.drop_table("sketch")
    op.drop_table("article_address")
    op.drop_index("ix_article_unplaced", table_name="article")
    for name in ("placed", "sketch", "rights", "missing_reason", "missing_since"):
        op.drop_column("article", name)
    op.add_column("article", sa.Column("fingerprint", sa.BigInteger(), nullable=True))
    op.create_index("ix_article_fingerprint", "article", ["fingerprint"])
    op.drop_column("source_run", "missing")
    op.drop_column("run", "holder")
    op.drop_column("host_lock", "refusals")
    op.add_column("page", sa.Column("hint_hash", sa.String(length=64), nullable=True))
    op.drop_column("page", "moved_to")
    op.drop_column("page", "told")
