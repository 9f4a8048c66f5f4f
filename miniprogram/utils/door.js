// What this program asks of the desk, as JSON so that a test can hold it against the desk's own description:
// what is sent beside the address, and which fields of the answer anything here reads. `api.js` drops the others.
module.exports = {
  "topics": {
    "method": "GET", "path": "/topics", "token": "", "query": [], "sends": [],
    "reads": ["code", "name_zh", "name_en", "line", "line_zh", "line_en", "type_default", "needs_region"]
  },
  "regions": {
    "method": "GET", "path": "/regions", "token": "", "query": [], "sends": [],
    "reads": ["code", "name_zh", "name_en", "level", "parent_code"]
  },
  "articles": {
    "method": "GET", "path": "/articles", "token": "", "query": ["q", "kind", "before"], "sends": [],
    "reads": ["id", "number", "title", "kind_words", "source", "issued_on"]
  },
  "article": {
    "method": "GET", "path": "/articles/{number}", "token": "", "query": [], "sends": [],
    "reads": ["title", "kind_words", "body", "source", "source_url", "issued_on", "valid_until", "topic_code"]
  },
  "login": {
    "method": "POST", "path": "/wechat/sessions", "token": "", "query": [], "sends": ["code"],
    "reads": ["token", "expires_at"]
  },
  "subscription": {
    "method": "GET", "path": "/wechat/subscription", "token": "", "query": [], "sends": [],
    "reads": ["template_id"]
  },
  "submit": {
    "method": "POST", "path": "/requests", "token": "wechat", "query": [],
    "sends": ["subject", "body", "type", "topic_code", "region_code", "enterprise", "requester", "phone", "locale"],
    "reads": ["number", "password", "sentence", "bureau", "due_at", "duplicate"]
  },
  "open": {
    "method": "POST", "path": "/sessions", "token": "", "query": [], "sends": ["number", "password", "phone_tail"],
    "reads": ["token", "expires_at"]
  },
  "askCode": {
    "method": "POST", "path": "/passwords/codes", "token": "", "query": [], "sends": ["number"], "reads": []
  },
  "newPassword": {
    "method": "POST", "path": "/passwords", "token": "", "query": [], "sends": ["number", "code"],
    "reads": ["number", "password"]
  },
  "read": {
    "method": "GET", "path": "/requests/current", "token": "ticket", "query": [], "sends": [],
    "reads": [
      "number", "version", "sentence", "subject", "body", "bureau", "steps", "reasons",
      "deadline.at", "deadline.level", "deadline.words", "question.text", "question.until",
      "answer.text", "answer.result_words", "answer.bureau", "answer.at", "answer.contest_until",
      "timeline.id", "timeline.at", "timeline.who", "timeline.verb", "timeline.body",
      "files.id", "files.name", "files.kind"
    ]
  },
  "supplements": {
    "method": "POST", "path": "/requests/current/supplements", "token": "ticket", "query": [],
    "sends": ["text", "version"], "reads": ["number"]
  },
  "confirmations": {
    "method": "POST", "path": "/requests/current/confirmations", "token": "ticket", "query": [],
    "sends": ["text", "version", "ratings.promptness", "ratings.attitude", "ratings.result"], "reads": ["number"]
  },
  "contests": {
    "method": "POST", "path": "/requests/current/contests", "token": "ticket", "query": [],
    "sends": ["text", "version"], "reads": ["number"]
  },
  "reminders": {
    "method": "POST", "path": "/requests/current/reminders", "token": "ticket", "query": [],
    "sends": ["text", "version"], "reads": ["number"]
  },
  "withdrawals": {
    "method": "POST", "path": "/requests/current/withdrawals", "token": "ticket", "query": [],
    "sends": ["text", "version"], "reads": ["number"]
  },
  "attach": {
    "method": "POST", "path": "/requests/current/attachments", "token": "ticket", "query": [], "sends": ["file"],
    "reads": ["id", "name"]
  },
  "download": {
    "method": "GET", "path": "/requests/current/attachments/{file_id}", "token": "ticket", "query": [], "sends": [],
    "reads": []
  }
}
