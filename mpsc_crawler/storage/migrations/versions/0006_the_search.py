"""The search: words of the corpus, and the index of SQLite or PostgreSQL; what series ask for"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mpsc_crawler.language.stemming import ANALYSIS

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_SQLITE = (
    "CREATE VIRTUAL TABLE search_index USING fts5(headline, lead, body, also, tokenize='ascii')",
    # an entry's rowid begins with the day of publication, so that the newest hits are found first; this tells the article's rowid
    "CREATE TABLE search_key (article_id INTEGER PRIMARY KEY, entry INTEGER NOT NULL)",
    "CREATE TRIGGER search_article_deleted AFTER DELETE ON article BEGIN"
    " DELETE FROM search_index WHERE rowid = (SELECT entry FROM search_key WHERE article_id = old.id);"
    " DELETE FROM search_key WHERE article_id = old.id; END",
    "CREATE VIRTUAL TABLE search_word_trigram USING fts5(word, content='search_word', content_rowid='id', tokenize='trigram')",
    "CREATE TRIGGER search_word_added AFTER INSERT ON search_word BEGIN"
    " INSERT INTO search_word_trigram(rowid, word) VALUES (new.id, new.word); END",
)
# the trigrams make looking for parts of words faster; not every server has them, and not every user may add them
_POSTGRESQL = (
    "CREATE TABLE search_document (article_id INTEGER PRIMARY KEY REFERENCES article(id) ON DELETE CASCADE, day DATE, vector tsvector NOT NULL)",
    "CREATE INDEX ix_search_document_day ON search_document (day DESC NULLS LAST, article_id DESC)",
    "CREATE INDEX ix_search_document_vector ON search_document USING gin (vector)",
    """DO $$ BEGIN
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
        CREATE INDEX ix_search_word_parts ON search_word USING gin (word gin_trgm_ops);
    EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN
        RAISE NOTICE 'no pg_trgm: looking for parts of words reads all of them';
    END $$""",
)


def upgrade() -> None:
    order = "C" if op.get_bind().dialect.name == "postgresql" else None
    op.create_table(
        "search_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("word", sa.Text(collation=order), nullable=False),
        sa.Column("stem", sa.Text(collation=order), nullable=False),
        sa.Column("written", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_word")),
        sa.UniqueConstraint("word", name=op.f("uq_search_word_word")),
    )
    op.create_index(op.f("ix_search_word_stem"), "search_word", ["stem"])
    op.create_table(
        "search_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("analysis", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_state")),
    )
    gone = sa.text("gone_since IS NOT NULL")
    op.create_index("ix_article_gone", "article", ["id"], sqlite_where=gone, postgresql_where=gone)
    coarse = sa.text("published_precision NOT IN ('day', 'minute')")
    op.create_index("ix_article_coarse", "article", ["id"], sqlite_where=coarse, postgresql_where=coarse)
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)
    # an empty database is indexed as it fills; of any other the next run, or `mpsc db reindex`, makes the index
    if op.get_bind().execute(sa.text("SELECT 1 FROM article LIMIT 1")).first() is None:
        op.get_bind().execute(sa.text("INSERT INTO search_state (id, analysis) VALUES (1, :now)"), {"now": ANALYSIS})


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER search_article_deleted")
        op.execute("DROP TABLE search_word_trigram")
        op.execute("DROP TABLE search_index")
        op.execute("DROP TABLE search_key")
    else:
        op.execute("DROP TABLE search_document")
    op.drop_index("ix_article_coarse", table_name="article")
    op.drop_index("ix_article_gone", table_name="article")
    op.drop_table("search_state")
    op.drop_table("search_word")
