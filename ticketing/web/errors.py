"""What a refusal means in HTTP, and whether it is told as a page or as JSON; decided here alone."""

import structlog
from flask import Flask, Response, jsonify, render_template, request, session
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from ticketing.domain import errors
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.services.trace import request_id
from ticketing.web import unsent
from ticketing.web.i18n import gettext, sentence

STATUS: dict[type[errors.DomainError], int] = {
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.WrongState: 409,
    errors.Conflict: 409,
    errors.Invalid: 422,
    errors.InvalidFields: 422,
    errors.TooMany: 429,
    errors.Unavailable: 503,
}
PAGES = frozenset({400, 403, 404, 409, 413, 422, 429, 500})
#: Whose body may be the trouble itself.
UNREAD = frozenset({400, 413})
#: A status without a page of its own is told by its nearest relative.
RELATIVES = {401: 403, 405: 404, 410: 404}
#: What HTTP itself refuses, for programs that show it to people.
SENTENCES = {
    400: N_("请求的内容读不懂。"),
    401: N_("请先用事项编码和查询密码登录。"),
    404: errors.NotFound.message,
    405: N_("这个地址不接受这种请求。"),
    413: N_("上传的内容太大。"),
    415: N_("请求的内容类型不对。"),
}
FAULT = N_("系统出了问题，请稍后再试。")
#: What the headline of the page says already.
SAID_BY_HEADLINE = frozenset({errors.NotAllowed.message, errors.NotFound.message})
KEPT_HEADERS = frozenset({"Allow", "Retry-After", "WWW-Authenticate"})
log = structlog.get_logger()
Answer = tuple[Response | str, int] | Response


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(errors.DomainError, _refused)
    app.register_error_handler(DataError, _unkept)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)


def wants_json() -> bool:
    """Tell whether a program asks."""
    return request.path.startswith("/api/")


def status_of(error: errors.DomainError) -> int:
    """Return the HTTP status of a refusal."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 422)


def problem(error: errors.DomainError) -> dict[str, object]:
    """Return a refusal for programs: its code, a sentence, and each field that is wrong."""
    wrong = error.problems if isinstance(error, errors.InvalidFields) else [error]
    fields = {one.field: sentence(one) for one in wrong if one.field}
    return {"code": error.code, "message": sentence(error), "fields": fields, "reference": request_id()}


def _refused(error: errors.DomainError) -> Answer:
    db.session.rollback()
    status = status_of(error)
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, errors.TooMany) else {}
    if wants_json():
        return jsonify(problem(error)), status, headers  # type: ignore[return-value]
    told = "" if error.message in SAID_BY_HEADLINE else sentence(error)
    return _page(status, told), status, headers  # type: ignore[return-value]


def _stale(error: CSRFError) -> Answer:
    log.info("csrf refused", reason=error.description)
    found = None if wants_json() else unsent.typed()
    if found is None:
        return _http(error)
    return _handed_back(found, N_("这个页面放得太久，没能提交。请看一遍，再提交一次。")), 400


def _too_large(error: RequestEntityTooLarge) -> Answer:
    """Hand the words back that came with files beyond measure: the page before may be gone from the browser."""
    beyond = (request.content_length or 0) > (request.max_content_length or 0)
    found = unsent.of_large() if beyond and not wants_json() else None
    if found is None:
        return _http(error)
    return _handed_back(found, N_("文件太大，没能收下。请换小一些的文件，再提交一次。")), 413


def _handed_back(found: unsent.Unsent, why: str) -> str:
    return render_template("public/unsent.html", unsent=found, url=found.path, why=gettext(why))


def _unkept(error: DataError) -> Answer:
    """Tell that what was typed holds what no row can, a NUL or a number beyond all measure; the log says where."""
    log.error("a value cannot be kept", exc_info=error)
    return _refused(errors.Invalid(N_("里面有不能保存的字符或者数字。")))


def _http(error: HTTPException) -> Answer:
    status = error.code or 500
    if error.response is not None or 300 <= status < 400:
        return error.get_response()  # type: ignore[return-value]
    if wants_json():
        said = gettext(SENTENCES.get(status, errors.DomainError.message))
        code = error.name.lower().replace(" ", "_")
        answer = jsonify(code=code, message=said, fields={}, reference=request_id())
    else:
        answer = Response(_page(status, ""), mimetype="text/html")
    answer.status_code = status
    for name, value in error.get_headers():
        if name in KEPT_HEADERS:
            answer.headers[name] = value
    return answer


def _fault(error: Exception) -> Answer:
    """Tell a person that it is our fault and give a reference; the log has the rest."""
    db.session.rollback()
    log.error("request failed", exc_info=error)
    if wants_json():
        said = gettext(FAULT)
        return jsonify(code="fault", message=said, fields={}, reference=request_id()), 500
    return _page(500, ""), 500


def _page(status: int, message: str) -> str:
    shown = RELATIVES.get(status, status)
    name = f"errors/{shown if shown in PAGES else 500}.html"
    found = unsent.typed() if shown not in UNREAD else None
    typed = found.words if found else []
    return render_template(name, message=message, at_work="_user_id" in session, typed=typed)
