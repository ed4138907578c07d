"""The one exception of the gateway room, with what an HTTP face needs to answer."""

from __future__ import annotations

__all__ = ["GatewayError"]


class GatewayError(ValueError):
    """Raised when a request can't be served; says what was wrong and what would be right.

    status: the HTTP status it amounts to: 400 what was asked can't be taken, 401 no or a wrong key, 403 not
    allowed, 404 no such model, 429 too much (a quota, a budget, a partner's limit), 502 a partner answered
    nonsense or broke off, 503 nobody can serve it now, 504 a partner was too slow. code: OpenAI's word for it
    ("model_not_found", "rate_limit_exceeded", "insufficient_quota", ...). param: the field at fault.
    retry_after: seconds, where waiting helps.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        code: str = "invalid_request",
        param: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.param = param
        self.retry_after = retry_after

    @property
    def passing(self) -> bool:
        """True where another try, or another deployment, may do what this one couldn't."""
        return self.status in (408, 429) or self.status >= 500
