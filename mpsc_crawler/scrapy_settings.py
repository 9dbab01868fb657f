"""Scrapy's settings for this project; the knobs of ``settings.py`` translated. Also used by Scrapy's own commands."""

from __future__ import annotations

from typing import Any

from mpsc_crawler.settings import Settings, load_settings


def scrapy_settings(given: Settings, *, replay: bool = False) -> dict[str, Any]:
    """Scrapy's settings for these knobs; a replay needs neither delay nor retries."""
    values: dict[str, Any] = {
        "BOT_NAME": "MPSC-Crawler",
        "SPIDER_MODULES": ["mpsc_crawler.spiders"],
        "NEWSPIDER_MODULE": "mpsc_crawler.spiders",
        "USER_AGENT": "MPSC-Crawler",
        "ROBOTSTXT_OBEY": True,
        "ROBOTSTXT_USER_AGENT": "MPSC-Crawler",
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
            "Accept-Language": "de,en;q=0.3",
        },
        "DOWNLOADER": "mpsc_crawler.middlewares.downloader.PoliteDownloader",
        "DOWNLOAD_DELAY": 0.0 if replay else given.delay,
        "DOWNLOAD_DELAY_JITTER": 0.0,
        "CONCURRENT_REQUESTS": given.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8 if replay else given.per_host,
        "DOWNLOAD_TIMEOUT": given.timeout,
        "DOWNLOAD_MAXSIZE": given.max_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DNS_TIMEOUT": 10,
        "REACTOR_THREADPOOL_MAXSIZE": 24,
        "COOKIES_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "RETRY_TIMES": 1,
        "RETRY_HTTP_CODES": [500, 502, 503, 504, 522, 524, 408],  # 429 asks for a rest, not for a second try
        "RETRY_EXCEPTIONS": [
            "scrapy.exceptions.DownloadTimeoutError",
            "scrapy.exceptions.ResponseDataLossError",
            "twisted.internet.error.ConnectionLost",
        ],
        "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",
        "REDIRECT_MAX_TIMES": 6,
        "METAREFRESH_ENABLED": False,
        "REFERER_ENABLED": False,  # no address is told where we come from
        "LOG_VERSIONS": [],
        "STATS_DUMP": False,
        "WARN_ON_GENERATOR_RETURN_VALUE": False,
        "CLOSESPIDER_TIMEOUT": given.time_limit,
        "ITEM_PIPELINES": {
            "mpsc_crawler.pipelines.enrich.EnrichPipeline": 100,
            "mpsc_crawler.pipelines.store.StorePipeline": 900,
        },
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "mpsc_crawler.middlewares.downloader.BackOff": 90,
            "mpsc_crawler.middlewares.polite.RobotsMiddleware": 100,
            "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": None,
            "mpsc_crawler.middlewares.polite.HonestUserAgent": 500,
            "mpsc_crawler.middlewares.polite.UnreachableHosts": 560,
            "mpsc_crawler.middlewares.truncated.CheckCompressed": 585,
            "mpsc_crawler.middlewares.truncated.RememberCompressed": 595,
            "mpsc_crawler.middlewares.local.LocalNetwork": 990,
        },
        "SPIDER_MIDDLEWARES": {
            # depth plays no part here, and every middleware costs each page a layer of generators
            "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
            "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
        },
        "EXTENSIONS": {
            "mpsc_crawler.extensions.runreport.RunReport": 500,
            "scrapy.extensions.logstats.LogStats": None,
            "scrapy.extensions.memusage.MemoryUsage": None,
        },
        "DUPEFILTER_CLASS": "scrapy.dupefilters.RFPDupeFilter",
        "SCHEDULER_PRIORITY_QUEUE": "scrapy.pqueues.DownloaderAwarePriorityQueue",
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",  # as lists name them: the newest first
        # Scrapy starts so many tasks for every response, and a page yields one or two items
        "CONCURRENT_ITEMS": 2,
        "MPSC_SETTINGS": given,
    }
    if replay:
        handler = "mpsc_crawler.middlewares.replay.ReplayHandler"
        values["DOWNLOAD_HANDLERS"] = {"http": handler, "https": handler}
    return values


# Scrapy's commands read a module's upper-case names.
globals().update(scrapy_settings(load_settings()))
