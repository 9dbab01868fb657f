"""``Corpus``: the database as a researcher asks it. Everything that it returns is a pandas DataFrame with documented columns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
from sqlalchemy import Engine, func, select

from mpsc_crawler.analysis import counting, frames, keyness, relations, spread, wording
from mpsc_crawler.analysis.errors import AnalysisError, choose
from mpsc_crawler.analysis.frames import typed
from mpsc_crawler.analysis.groups import Per, chosen, grouping, municipalities, sources
from mpsc_crawler.analysis.intervals import wilson
from mpsc_crawler.analysis.observed import Span, gaps
from mpsc_crawler.analysis.series import By, Counted, series
from mpsc_crawler.language.snippets import snippet
from mpsc_crawler.settings import load_settings
from mpsc_crawler.storage import queries
from mpsc_crawler.storage.models import Article, ArticleTopic, MentionRow, SourceRow
from mpsc_crawler.storage.queries import ArticleFilter, NothingFoundError, filtered
from mpsc_crawler.storage.search.find import find
from mpsc_crawler.storage.session import open_for_reading
from mpsc_crawler.storage.tables import TABLES

if TYPE_CHECKING:
    import networkx as nx
    import pyarrow as pa

Count = Literal["placements", "stories"]
Of = Literal["articles", "all-news"]


@dataclass(frozen=True)
class Corpus:
    """Articles of a database, narrowed by filters that chain. Reads only.

    Gone articles belong to it, as they were published; ``where(gone=False)`` leaves them out. Days are those of Europe/Berlin,
    moments are UTC. Every method may raise :class:`~mpsc_crawler.storage.queries.NothingFoundError` where a filter names what is not in
    the database, and :class:`~mpsc_crawler.storage.session.DatabaseError` where that cannot be read.
    """

    engine: Engine
    wanted: ArticleFilter = field(default_factory=lambda: ArticleFilter(gone=True))

    @classmethod
    def open(cls, url: str | None = None) -> Corpus:
        """Open a database: that of ``MPSC_DATABASE_URL`` (or ``mpsc.db`` here) if none is named.

        :raises DatabaseError: it does not exist, cannot be reached, or has another version's schema.
        """
        return cls(open_for_reading(url or load_settings().database_url))

    def where(
        self,
        *,
        source: str | None = None,
        municipality: str | None = None,
        state: str | None = None,
        cohort: int | None = None,
        topic: str | None = None,
        query: str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        date_kind: str | None = None,
        language: str | None = None,
        gone: bool | None = None,
    ) -> Corpus:
        """A smaller corpus: what is named here is asked for besides what was asked for before.

        :param since: first day (a ``date`` or ``"2024-01-31"``) of ``date_kind``, publication if that is not named; ``until`` the last.
        :raises AnalysisError: a day that is none, or days in the wrong order, or a filter set twice to different values.
        """
        named = {
            "source": source,
            "municipality": municipality,
            "state": state,
            "topic": topic,
            "query": query,
            "language": language,
        }
        for name, value in named.items():
            if value is not None and not isinstance(value, str):
                raise AnalysisError(f"{name}={value!r}: write a single text")
        if cohort is not None:
            try:
                cohort = int(cohort)
            except (TypeError, ValueError) as error:
                raise AnalysisError(f"cohort={cohort!r}: write a year, such as 2020") from error
        told: dict[str, Any] = {
            "source": source, "municipality": municipality, "state": state, "cohort": cohort, "topic": topic,
            "since": _day(since), "until": _day(until), "language": language,
        }  # fmt: skip
        wanted = self.wanted
        for name, value in told.items():
            if value is None:
                continue
            before = getattr(wanted, name)
            if before is not None and before != value:
                if name == "topic":
                    if value not in wanted.further_topics:
                        wanted = replace(wanted, further_topics=(*wanted.further_topics, value))
                    continue
                if name == "since":
                    value = max(before, value)
                elif name == "until":
                    value = min(before, value)
                else:
                    raise AnalysisError(f"{name} is {before!r} already; an article cannot be of {value!r}, too")
            wanted = replace(wanted, **{name: value})
        if query is not None:
            wanted = replace(wanted, query=query if wanted.query is None else f"({wanted.query}) AND ({query})")
        if date_kind is not None:
            wanted = replace(wanted, date_kind=date_kind)
        if gone is not None:
            wanted = replace(wanted, gone=gone)
        if wanted.since and wanted.until and wanted.since > wanted.until:
            raise AnalysisError(f"since {wanted.since} lies after until {wanted.until}; no day is between them")
        return Corpus(self.engine, wanted)

    # ------------------------------------------------------------------ tables

    def __len__(self) -> int:
        """How many articles there are."""
        return queries.count(self.engine, self.wanted)[0]

    def articles(self, *, texts: bool = False) -> pd.DataFrame:
        """A row for each article. Columns: see ``docs/research.md``; ``texts`` adds ``teaser`` and ``body``."""
        return frames.table(self.engine, "articles", self.wanted, texts=texts)

    def dates(self) -> pd.DataFrame:
        """A row for each date or period told in an article: kind, start, end, EDTF, words, rule, confidence, event and place."""
        return frames.table(self.engine, "dates", self.wanted)

    def topics(self) -> pd.DataFrame:
        """A row for each article and topic: score and version of the codebook."""
        return frames.table(self.engine, "topics", self.wanted)

    def mentions(self) -> pd.DataFrame:
        """A row for each naming of a municipality (``entity`` is its AGS), project or body: form and place in the text."""
        return frames.table(self.engine, "mentions", self.wanted)

    def images(self) -> pd.DataFrame:
        """A row for each picture: address, alternative text, caption, credit."""
        return frames.table(self.engine, "images", self.wanted)

    def attachments(self) -> pd.DataFrame:
        """A row for each file that an article offers."""
        return frames.table(self.engine, "attachments", self.wanted)

    def evidence(self) -> pd.DataFrame:
        """A row for each candidate of a field: why it has its value, and what lost."""
        return frames.table(self.engine, "evidence", self.wanted)

    def revisions(self) -> pd.DataFrame:
        """A row for each state of an article; ``diff`` holds what changed, ``origin`` who changed it."""
        return frames.table(self.engine, "revisions", self.wanted)

    def stories(self) -> pd.DataFrame:
        """A row for each placement of a text that stands at several places, by story, the earliest first."""
        return frames.table(self.engine, "stories", self.wanted)

    def sources(self) -> pd.DataFrame:
        """A row for each source of the database: kind, cohort, states, keys of its municipalities."""
        return frames.sources(self.engine)

    def municipalities(self) -> pd.DataFrame:
        """A row for each municipality that a source speaks for: key (AGS), name, state, inhabitants with their day, coordinates."""
        return frames.municipalities(self.engine)

    def arrow(self, name: str, *, texts: bool = False) -> pa.Table:
        """One of the tables above (``"articles"``, ``"dates"`` …) as an Arrow table.

        :raises AnalysisError: there is no such table.
        """
        import pyarrow as pa

        if name not in TABLES:
            raise AnalysisError(f"no table {name!r}; there are: {', '.join(TABLES)}")
        told = frames.table(self.engine, name, self.wanted, texts=texts)
        for column in TABLES[name].columns:
            if column.kind == "json":  # Arrow wants one type in a column; what is nested is told as JSON
                told[column.name] = (
                    told[column.name].map(lambda value: json.dumps(value, ensure_ascii=False)).astype("str")
                )
        return pa.Table.from_pandas(told, preserve_index=False)

    def coverage(self) -> pd.DataFrame:
        """When each source was looked at: a row for each span, ``state`` is ``observed`` or ``gap``. A source without a row never was."""
        rows = []
        seen = counting.spans(self.engine)
        for source in chosen(self.engine, self.wanted):
            told = seen.get(source.number, [])
            rows += [(source.slug, start, end, "observed") for start, end in told]
            rows += [(source.slug, start, end, "gap") for start, end in gaps(told)]
        frame = typed(sorted(rows), {"source": "str", "start": "datetime64[s]", "end": "datetime64[s]", "state": "str"})
        return frame.assign(days=(frame["end"] - frame["start"]).dt.days + 1)

    def search(self, query: str, limit: int = 20, *, newest: bool = False, compounds: bool = True) -> pd.DataFrame:
        """The best articles for a query: ``article``, ``source``, ``published``, ``headline``, ``url``, ``snippet`` (hits in ``**``).

        :raises QueryError: the query cannot be understood.
        """
        found = find(self.engine, query, self.wanted, limit=limit, newest=newest, compounds=compounds)
        rows = [
            (row.id, row.source, row.published_date, row.headline, row.url, snippet(row.body, found.stems).marked())
            for row in queries.by_number(self.engine, found.numbers)
        ]
        types = {
            "article": "Int64",
            "source": "str",
            "published": "datetime64[s]",
            "headline": "str",
            "url": "str",
            "snippet": "str",
        }
        told = typed(rows, types)
        told.attrs.update(total=found.total, within=found.held)
        return told

    # ------------------------------------------------------------------ series

    def timeline(
        self,
        topic: str | None = None,
        query: str | None = None,
        *,
        by: By = "month",
        per: Per | None = None,
        count: Count = "placements",
        of: Of = "articles",
        confidence: float = 0.95,
    ) -> pd.DataFrame:
        """Counts and shares over time.

        :param topic: or ``query``: what is counted; all articles if neither is named.
        :param per: a series for each source, municipality (its key), state or cohort; an article counts in each that its source speaks for.
        :param count: ``stories`` counts a text that stands at several places once, at its earliest placement.
        :param of: ``all-news`` also counts, in ``of``, what a town hall's source published on other subjects.
        :returns: ``period`` (its first day; ``NaT`` for undated articles), ``group``, ``articles`` of ``of``, ``observed`` (the part of
            the period in which somebody looked), ``share`` over observed days only with its Wilson interval ``low`` to ``high``,
            ``observed_articles`` of ``observed_of``; with ``per``, ``inhabitants`` and ``per_100000``. Documented in ``docs/research.md``.
        :raises AnalysisError: an unknown value of ``by``, ``per``, ``count`` or ``of``.
        """
        choose("by", by, ("month", "quarter", "year"))
        choose("count", count, ("placements", "stories"))
        choose("of", of, ("articles", "all-news"))
        hits = self._narrowed(topic, query)
        seen = counting.spans(self.engine)
        counted = Counted(
            self._counts(hits.wanted, by, count, seen),
            self._counts(self.wanted, by, count, seen, everything=of == "all-news"),
        )
        groups = grouping(self.engine, self.wanted, per)
        told = series(counted, groups.of, seen, by, confidence=confidence)
        if per is not None:
            told["inhabitants"] = told["group"].map(groups.inhabitants).astype("Int64")
            told["per_100000"] = (told["articles"] / told["inhabitants"].astype("Float64") * 100_000).astype("Float64")
        told.attrs.update(topic=topic, query=query, by=by, per=per, count=count, of=of, confidence=confidence)
        return told

    def adoption(self, topic: str | None = None, query: str | None = None, *, per: Per = "source") -> pd.DataFrame:
        """Who took a topic up first, and how it spread.

        :returns: ``group``, ``first`` (day of its first article), ``rank``, ``adopted`` (the part of all that has taken it up by then) and
            ``certain``: somebody had looked without a gap before that day, and the group has no undated article on it, so there was no
            earlier one. ``attrs`` hold ``of`` (how many could have), ``undated`` (groups with undated articles on it) and ``days_to_half``.
        """
        if topic is None and query is None:
            raise AnalysisError("name a topic or a query")
        hits = self._narrowed(topic, query)
        groups = grouping(self.engine, self.wanted, per)
        every = counting.per_day(self.engine, hits.wanted)
        counts = every.dropna(subset=["day"])
        undated = {group for source in every.loc[every["day"].isna(), "source"] for group in groups.of.get(source, ())}
        first: dict[str, date] = {}
        for source, day in counts.groupby("source")["day"].min().items():
            for group in groups.of.get(source, ()):
                first[group] = min(first.get(group, day.date()), day.date())
        seen = counting.spans(self.engine)
        since: dict[str, date] = {}
        for group, day in first.items():
            starts = [_since(seen.get(source, []), day) for source in groups.members(group)]
            known = [start for start in starts if start is not None]
            # an undated article may be an earlier one
            if known and len(known) == len(starts) and group not in undated:
                since[group] = max(known)
        whole = len(groups.names)
        adopters = spread.adoption(first, since, whole)
        types = {"group": "str", "first": "datetime64[s]", "rank": "int64", "adopted": "float64", "certain": "bool"}
        frame = typed([(a.name, a.first, a.rank, a.share, a.certain) for a in adopters], types)
        frame.attrs.update(
            of=whole,
            undated=sorted(undated),
            days_to_half=spread.days_to_half(adopters, whole),
            topic=topic,
            query=query,
            per=per,
        )
        return frame

    def lead_lag(
        self,
        a: str,
        b: str,
        *,
        topic: str | None = None,
        query: str | None = None,
        by: By = "month",
        most: int = 6,
        per: Per = "source",
    ) -> pd.DataFrame:
        """Which of two groups is ahead in a topic? The correlation of their shares at every shift of up to ``most`` periods.

        :returns: ``shift``, ``correlation``, ``periods``; a positive shift with a high correlation says that ``a`` is ahead. Periods that
            nobody observed are left out.
        :raises AnalysisError: there is no such group.
        """
        told = self.timeline(topic, query, by=by, per=per).dropna(subset=["period"])
        table = told.pivot(index="period", columns="group", values="share")
        for name in (a, b):
            if name not in table.columns:
                raise AnalysisError(f"no {per} {name!r}; there are: {', '.join(table.columns[:20])}")
        values = {name: [None if pd.isna(value) else float(value) for value in table[name]] for name in (a, b)}
        types = {"shift": "int64", "correlation": "Float64", "periods": "int64"}
        return typed(spread.lead_lag(values[a], values[b], most), types)

    # ------------------------------------------------------------- comparisons

    def compare(self, a: Corpus, b: Corpus | None = None, *, least: int = 5, most: int = 50) -> pd.DataFrame:
        """Which words set two corpora apart? Each article counts a word once, so that one long text makes no word typical.

        :param b: the rest of this corpus, less ``a``, if it is not named.
        :param least: leave out words in fewer articles of both.
        :param most: so many words for each of the two; 0 for all.
        :returns: ``word``, ``articles_a``, ``articles_b``, ``share_a``, ``share_b``, ``g2`` (Dunning 1993), ``log_odds`` and ``z``
            (Monroe, Colaresi, Quinn 2008), the most typical of ``a`` first. Sources and formulas: :mod:`mpsc_crawler.analysis.keyness`.
        :raises AnalysisError: a group has no articles.
        :raises NotIndexedError: the search's index is not ready.
        """
        _differ(a, b or self)
        counts_a, number_a = wording.articles_by_stem(self.engine, a.wanted)
        counts_b, number_b = wording.articles_by_stem(self.engine, (b or self).wanted)
        if b is None:
            counts_b, number_b = counts_b - counts_a, number_b - number_a
        _not_empty(number_a, number_b)
        keys = keyness.keyness(counts_a, counts_b, least=least)
        if most and len(keys) > 2 * most:
            keys = keys[:most] + keys[-most:]
        written = wording.readable(self.engine, [key.name for key in keys])
        rows = [(written[k.name], k.a, k.b, k.a / number_a, k.b / number_b, k.g2, k.log_odds, k.z) for k in keys]
        types = {
            "word": "str",
            "articles_a": "int64",
            "articles_b": "int64",
            **dict.fromkeys(("share_a", "share_b", "g2", "log_odds", "z"), "float64"),
        }
        told = typed(rows, types)
        told.attrs.update(articles_a=number_a, articles_b=number_b)
        return told

    def compare_topics(self, a: Corpus, b: Corpus | None = None) -> pd.DataFrame:
        """Which topics set two corpora apart? As :meth:`compare`, with Wilson intervals of the shares."""
        _differ(a, b or self)
        counts_a, number_a = a._topic_counts()
        counts_b, number_b = (b or self)._topic_counts()
        if b is None:
            counts_b, number_b = {name: n - counts_a.get(name, 0) for name, n in counts_b.items()}, number_b - number_a
        _not_empty(number_a, number_b)
        rows = []
        for name in sorted({*counts_a, *counts_b}):
            n_a, n_b = counts_a.get(name, 0), counts_b.get(name, 0)
            key = keyness.keyness(
                {name: n_a, "": number_a - n_a}, {name: n_b, "": number_b - n_b}, least=0, strength=10
            )
            told = next(k for k in key if k.name == name)
            rows.append((name, n_a, n_b, n_a / number_a, *wilson(n_a, number_a), n_b / number_b, *wilson(n_b, number_b), told.g2, told.log_odds, told.z))  # fmt: skip
        types = {
            "topic": "str",
            "articles_a": "int64",
            "articles_b": "int64",
            **dict.fromkeys(
                ("share_a", "low_a", "high_a", "share_b", "low_b", "high_b", "g2", "log_odds", "z"), "float64"
            ),
        }
        told_frame = typed(sorted(rows, key=lambda row: (-row[-1], row[0])), types)
        told_frame.attrs.update(articles_a=number_a, articles_b=number_b)
        return told_frame

    def cooccurrence(self) -> pd.DataFrame:
        """Which topics stand in one article? See :func:`mpsc_crawler.analysis.relations.cooccurrence`."""
        columns: tuple[Any, ...] = (ArticleTopic.article_id, ArticleTopic.topic)
        statement = select(*columns)
        if not self.wanted.everything:
            chosen = filtered(self.engine, select(Article.id), self.wanted)
            statement = statement.where(ArticleTopic.article_id.in_(chosen))
        with self.engine.connect() as connection:
            rows = connection.execute(statement).all()
        coded = pd.DataFrame({"article": [row[0] for row in rows], "topic": [row[1] for row in rows]}, dtype=object)
        return relations.cooccurrence(coded.astype({"article": "int64"}), max(1, len(self)))

    def similarity(self, *, per: Per = "municipality", least: int = 5) -> pd.DataFrame:
        """How alike are the topic profiles of municipalities (or sources, states, cohorts)? A square table of cosines.

        Those with fewer than ``least`` articles are left out; ``attrs["left_out"]`` names them.
        """
        profiles, left = self.profiles(per=per, least=least)
        told = relations.similarity(profiles)
        told.attrs.update(left_out=left, per=per)
        return told

    def clusters(self, number: int = 4, *, per: Per = "municipality", least: int = 5) -> pd.Series:
        """Groups of municipalities with alike topic profiles: average linkage over cosine distances.

        :raises AnalysisError: too few have enough articles.
        """
        if number < 1:
            raise AnalysisError(f"{number} groups cannot be made; ask for one or more")
        profiles, _ = self.profiles(per=per, least=least)
        try:
            return relations.clusters(profiles, number)
        except ValueError as error:
            raise AnalysisError(f"{error}; lower `least` (now {least})") from error

    def profiles(self, *, per: Per = "municipality", least: int = 5) -> tuple[pd.DataFrame, list[str]]:
        """The share of each one's articles that have each topic; and who has fewer than ``least`` articles and is left out."""
        groups = grouping(self.engine, self.wanted, per)
        own = self._statement(Article.source_id, func.count()).group_by(Article.source_id)
        coded = self._statement(Article.source_id, ArticleTopic.topic, func.count()).join(
            ArticleTopic, ArticleTopic.article_id == Article.id
        )
        whole: dict[str, int] = {}
        rows = []
        with self.engine.connect() as connection:
            for source, articles in connection.execute(own):
                for group in groups.of.get(source, ()):
                    whole[group] = whole.get(group, 0) + articles
            for source, topic, articles in connection.execute(coded.group_by(Article.source_id, ArticleTopic.topic)):
                rows += [(group, topic, articles) for group in groups.of.get(source, ())]
        enough = {group: articles for group, articles in sorted(whole.items()) if articles >= least}
        left = [group for group in groups.names if group not in enough]
        table = typed(rows, {"group": "str", "topic": "str", "articles": "int64"})
        table = table[table["group"].isin(list(enough))]
        return relations.profile(
            table, pd.Series(enough, dtype="int64"), "group", sorted(table["topic"].unique())
        ), left

    # ------------------------------------------------------------------ network

    def network(self, *, itself: bool = False) -> pd.DataFrame:
        """Who names whom: ``source``, ``entity``, ``kind``, ``name``, ``articles`` (that name it), ``first`` and ``last`` day.

        :param itself: also a source that names its own municipality or project.
        """
        statement = self._statement(
            SourceRow.slug, MentionRow.entity, MentionRow.kind, func.count(func.distinct(Article.id)),
            func.min(Article.published_date), func.max(Article.published_date),
        ).join(MentionRow, MentionRow.article_id == Article.id)  # fmt: skip
        statement = statement.group_by(SourceRow.slug, MentionRow.entity, MentionRow.kind)
        known = sources(self.engine)
        own = {source.slug: {source.slug, *source.ags} for source in known}
        with self.engine.connect() as connection:
            rows = [row for row in connection.execute(statement) if itself or row[1] not in own[row[0]]]
        names = {row.ags: row.name.partition(",")[0] for row in municipalities(self.engine)}
        names |= _names_of({row[1] for row in rows if row[2] == "municipality"} - names.keys())
        projects = {source.slug: source.name for source in known}
        told = [(s, e, k, names.get(e) or projects.get(e) or e, n, first, last) for s, e, k, n, first, last in rows]
        types = {
            "source": "str",
            "entity": "str",
            "kind": "str",
            "name": "str",
            "articles": "int64",
            "first": "datetime64[s]",
            "last": "datetime64[s]",
        }
        return typed(sorted(told, key=lambda row: (-row[4], row[0], row[1])), types)

    def graph(self, *, itself: bool = False) -> nx.DiGraph[str]:
        """The network as a networkx graph: nodes are sources and entities, edges carry ``articles`` (also as ``weight``)."""
        import networkx as nx

        edges = self.network(itself=itself)
        graph: nx.DiGraph[str] = nx.DiGraph()
        naming = set(edges["source"])
        for source in sources(self.engine):
            if source.slug in naming:
                graph.add_node(f"source:{source.slug}", label=source.name, kind=source.kind)
        places = {row.ags: row for row in municipalities(self.engine)}
        for row in edges.itertuples():
            node, place = f"{row.kind}:{row.entity}", places.get(row.entity)
            told: dict[str, Any] = {"label": row.name, "kind": row.kind}
            if row.kind == "municipality" and place is not None and place.latitude is not None:
                told |= {"latitude": place.latitude, "longitude": place.longitude}
            graph.add_node(node, **told)
            graph.add_edge(f"source:{row.source}", node, articles=int(row.articles), weight=int(row.articles))
        return graph

    def events(self, since: date | str | None = None, until: date | str | None = None) -> pd.DataFrame:
        """What was announced: a row for each event told in an article, by its day; of repeats in one article the first.

        :param since: first day of the event; one that lasts counts where any of its days lies between.
        """
        first, last = _day(since), _day(until)
        if first and last and first > last:
            raise AnalysisError(f"since {first} lies after until {last}; no day is between them")
        rows = queries.events(self.engine, self.wanted, first, last)
        types = {
            "start": "datetime64[s]", "end": "datetime64[s]", "start_at": "datetime64[us, UTC]", "end_at": "datetime64[us, UTC]", "name": "str",
            "place": "str", "edtf": "str", "rrule": "str", "headline": "str", "source": "str", "article": "Int64", "url": "str",
        }  # fmt: skip
        return typed([row[:12] for row in rows], types)

    # ------------------------------------------------------------------ inside

    def _narrowed(self, topic: str | None, query: str | None) -> Corpus:
        if topic is not None and query is not None:
            raise AnalysisError("name a topic or a query, not both; where(topic=…) narrows the corpus first")
        return self.where(topic=topic, query=query)

    def _statement(self, *columns: Any) -> Any:  # noqa: ANN401 - columns in, a statement out
        statement = select(*columns).select_from(Article).join(SourceRow, SourceRow.id == Article.source_id)
        return filtered(self.engine, statement, self.wanted)

    def _topic_counts(self) -> tuple[dict[str, int], int]:
        columns: tuple[Any, ...] = (ArticleTopic.topic, func.count())
        statement = select(*columns).group_by(ArticleTopic.topic)
        number: Any = select(func.count()).select_from(Article)
        if not self.wanted.everything:
            chosen = filtered(self.engine, select(Article.id), self.wanted)
            statement = statement.where(ArticleTopic.article_id.in_(chosen))
            number = select(func.count()).select_from(chosen.subquery())
        with self.engine.connect() as connection:
            counts = {topic: articles for topic, articles in connection.execute(statement)}
            return counts, connection.execute(number).scalar_one()

    def _counts(
        self, wanted: ArticleFilter, by: By, count: Count, seen: dict[int, list[Span]], *, everything: bool = False
    ) -> pd.DataFrame:
        counts = counting.per_day(self.engine, wanted)
        if count == "stories":
            counts = counting.without(counts, counting.repeated(self.engine, wanted))
        counts = counting.exact_enough(counts, counting.coarse(self.engine, wanted), by)
        if everything:
            counts = pd.concat([counts, counting.outside(self.engine, wanted)], ignore_index=True)
        return counts.assign(observed=counting.within(counts, seen))


def _names_of(keys: set[str]) -> dict[str, str]:
    from mpsc_crawler.sources.registry import municipalities as whole_register

    register = whole_register()
    return {key: register[key].name.partition(",")[0] for key in keys if key in register}


def _since(spans: Sequence[Span], day: date) -> date | None:
    """Since when, up to this day, there is no gap."""
    return next((start for start, end in spans if start <= day <= end), None)


def _day(value: date | str | None) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (ValueError, TypeError) as error:
        raise AnalysisError(f"{value!r} is no day; write it as 2024-01-31") from error


def _differ(a: Corpus, b: Corpus) -> None:
    if a.wanted == b.wanted:
        raise AnalysisError("both groups are the same; there is nothing to compare")


def _not_empty(a: int, b: int) -> None:
    if not a or not b:
        which = "both groups have" if not a and not b else f"the {'first' if not a else 'second'} group has"
        raise AnalysisError(f"{which} no articles; there is nothing to compare")


__all__ = ["AnalysisError", "Corpus", "NothingFoundError"]
