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
    "sends": [
      "subject", "body", "type", "topic_code", "region_code", "enterprise", "requester", "phone", "locale",
      "account", "account_enterprise"
    ],
    "reads": ["number", "password", "sentence", "bureau", "due_at", "duplicate", "own"]
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
  },
  "askSignIn": {
    "method": "POST", "path": "/my/codes", "token": "", "query": [], "sends": ["phone"], "reads": []
  },
  "signIn": {
    "method": "POST", "path": "/my/sessions", "token": "", "query": [], "sends": ["phone", "code"],
    "reads": ["token", "expires_at"]
  },
  "signOut": {
    "method": "DELETE", "path": "/my/sessions", "token": "person", "query": [], "sends": [], "reads": []
  },
  "account": {
    "method": "GET", "path": "/my", "token": "person", "query": [], "sends": [],
    "reads": [
      "name", "phone", "enterprises.register_code", "enterprises.name", "enterprises.role_words",
      "call.name", "call.asked_at"
    ]
  },
  "askProof": {
    "method": "POST", "path": "/my/proofs", "token": "person", "query": [], "sends": ["register_code"], "reads": []
  },
  "prove": {
    "method": "POST", "path": "/my/enterprises", "token": "person", "query": [], "sends": ["register_code", "code"],
    "reads": ["register_code"]
  },
  "askCall": {
    "method": "POST", "path": "/my/calls", "token": "person", "query": [], "sends": ["register_code", "name"],
    "reads": ["name", "asked_at"]
  },
  "join": {
    "method": "POST", "path": "/my/memberships", "token": "person", "query": [], "sends": ["token"],
    "reads": ["register_code"]
  },
  "ownRequests": {
    "method": "GET", "path": "/my/requests", "token": "person", "query": ["enterprise", "which", "before"], "sends": [],
    "reads": [
      "waiting", "older", "requests.number", "requests.subject", "requests.sentence", "requests.bureau",
      "requests.received_at", "requests.yours"
    ]
  },
  "openOwn": {
    "method": "POST", "path": "/my/requests/sessions", "token": "person", "query": [], "sends": ["number"],
    "reads": ["token", "expires_at"]
  },
  "claim": {
    "method": "POST", "path": "/my/claims", "token": "person", "query": [],
    "sends": ["number", "password", "phone_tail", "enterprise"], "reads": ["number", "subject"]
  },
  "people": {
    "method": "GET", "path": "/my/people", "token": "person", "query": ["enterprise"], "sends": [],
    "reads": [
      "manages", "members.id", "members.name", "members.phone", "members.role", "members.role_words", "members.yourself",
      "invitations.id", "invitations.name", "invitations.phone", "invitations.ends_at"
    ]
  },
  "invite": {
    "method": "POST", "path": "/my/people", "token": "person", "query": [],
    "sends": ["name", "phone", "role", "enterprise"], "reads": ["name"]
  },
  "changeRole": {
    "method": "POST", "path": "/my/people/{membership_id}/roles", "token": "person", "query": [], "sends": ["role"],
    "reads": ["id"]
  },
  "endAccess": {
    "method": "DELETE", "path": "/my/people/{membership_id}", "token": "person", "query": [], "sends": [], "reads": []
  },
  "revoke": {
    "method": "DELETE", "path": "/my/invitations/{invitation_id}", "token": "person", "query": [], "sends": [],
    "reads": []
  },
  "settings": {
    "method": "GET", "path": "/my/settings", "token": "person", "query": [], "sends": [],
    "reads": ["name", "email", "told_by", "ways.way", "ways.words"]
  },
  "settle": {
    "method": "PUT", "path": "/my/settings", "token": "person", "query": [],
    "sends": ["name", "email", "told_by", "wechat"], "reads": ["name", "email", "told_by", "ways.way", "ways.words"]
  }
}
