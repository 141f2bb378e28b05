"""`retry_stalled`: runs the jobs of a killed worker again; without it they would stay half done for ever."""

import procrastinate
import structlog

log = structlog.get_logger(__name__)

SILENT_S = 20.0
"""A worker that has not been heard of for this long is dead."""


async def retry_stalled(app: procrastinate.App) -> None:
    """Put the jobs of dead workers back in the queue."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_S):
        log.warning("job_retried", task=job.task_name, job=job.id)
        await app.job_manager.retry_job(job)
