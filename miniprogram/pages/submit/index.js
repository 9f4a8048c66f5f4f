// Submitting: one page, kept as a draft with every letter; what is on its way out is frozen until it is answered.
const lists = require('../../utils/lists')
const photos = require('../../utils/photos')
const session = require('../../utils/session')
const store = require('../../utils/store')
const submission = require('../../utils/submission')
const subscribe = require('../../utils/subscribe')
const words = require('../../utils/words')

const TYPES = ['consultation', 'help', 'complaint', 'suggestion', 'report']
const EMPTY = { topic_code: '', type: '', subject: '', body: '', region_code: '', place: '', enterprise: '', requester: '', phone: '', paths: [] }

/** Say each region with its prefecture, so that two districts of one name can be told apart. */
function placed(regions) {
  return regions.map(one => {
    const parent = one.level === 'county' && regions.find(other => other.code === one.parent_code)
    return { code: one.code, name: parent ? `${lists.named(parent)} · ${lists.named(one)}` : lists.named(one) }
  })
}

/** The draft as the desk takes it: empty fields stay out, the place stands in the text; `own` is for whom it is sent. */
function sent(draft, w, own) {
  const values = own ? { enterprise: own.name, requester: own.requester } : {}
  values.locale = words.language()
  const names = ['subject', 'body', 'type', 'topic_code', 'region_code', 'enterprise', 'requester', 'phone']
  names.filter(name => draft[name].trim()).forEach(name => { values[name] = draft[name].trim() })
  if (draft.place.trim()) values.body += `\n${w.place}：${draft.place.trim()}`
  return values
}

Component({
  behaviors: [require('../../utils/spoken')],
  data: {
    draft: EMPTY, consent: false, errors: {}, trouble: '', frozen: false, sending: false,
    types: [], topicName: '', regions: [], regionName: '', most: photos.MOST, own: null
  },
  methods: {
    onLoad(query) {
      const w = this.speak('submit')
      const out = submission.pending()
      const draft = Object.assign({}, EMPTY, store.get('draft', {}))
      if (query.topic && !out) draft.topic_code = query.topic
      this.setData({ draft, frozen: Boolean(out), types: TYPES.map(code => ({ code, word: w[code] })) })
      if (query.topic) this.keep({})
      subscribe.template().then(id => { this.template = id })
      return Promise.all([this.nameTopic(), this.nameRegions(), this.nameOwn()])
    },
    /** Say for which enterprise it goes out; nothing of that is kept in the draft, for the account can be left. */
    nameOwn() {
      if (!session.signedIn() || !store.get('enterprise', '')) return Promise.resolve()
      return session.ask('account').then(account => {
        const member = account.enterprises.find(one => one.register_code === store.get('enterprise', ''))
        if (member) this.setData({ own: { code: member.register_code, name: member.name, requester: account.name } })
      }, () => {})
    },
    nameTopic() {
      return lists.list('topics').then(topics => {
        const found = topics.find(one => one.code === this.data.draft.topic_code)
        this.setData({ topicName: found ? lists.named(found) : '' })
      }, () => {})
    },
    nameRegions() {
      return lists.list('regions').then(regions => {
        const shown = placed(regions)
        const found = shown.find(one => one.code === this.data.draft.region_code)
        this.setData({ regions: shown, regionName: found ? found.name : '' })
      }, () => {})
    },
    keep(changes) {
      const draft = Object.assign({}, this.data.draft, changes)
      this.setData({ draft })
      store.set('draft', draft)
    },
    typed(event) {
      this.keep({ [event.detail.name]: event.detail.value })
    },
    pickType(event) {
      if (this.data.frozen) return
      const code = event.currentTarget.dataset.code
      this.keep({ type: code === this.data.draft.type ? '' : code })
    },
    pickRegion(event) {
      const region = this.data.regions[event.detail.value]
      this.keep({ region_code: region.code })
      this.setData({ regionName: region.name })
    },
    changeTopic() {
      wx.switchTab({ url: '/pages/hall/index' })
    },
    onMap() {
      wx.chooseLocation({
        success: said => this.keep({ place: [said.name, said.address].filter(Boolean).join('，') }),
        fail: () => {}
      })
    },
    addPhotos() {
      const room = photos.MOST - this.data.draft.paths.length
      return photos.choose(room).then(paths => this.keep({ paths: this.data.draft.paths.concat(paths) }))
    },
    removePhoto(event) {
      const path = event.currentTarget.dataset.path
      photos.remove(path)
      this.keep({ paths: this.data.draft.paths.filter(one => one !== path) })
    },
    agree() {
      this.setData({ consent: !this.data.consent })
    },
    readPrivacy() {
      wx.openPrivacyContract({})
    },
    submit() {
      if (this.data.sending) return Promise.resolve()
      const { draft, consent, w } = this.data
      const errors = {}
      if (!this.data.frozen && !draft.body.trim()) errors.body = w.bodyMissing
      if (!this.data.frozen && !consent) errors.consent = w.consentMissing
      this.setData({ errors, trouble: '' })
      if (Object.keys(errors).length) return Promise.resolve()
      // Who reports must not be found by the employer: neither account nor name goes out with a report.
      const own = draft.type === 'report' ? null : this.data.own
      submission.prepare(sent(draft, w, own), draft.paths, own ? own.code : '')
      this.setData({ frozen: true, sending: true })
      return subscribe.ask(this.template).then(() => this.send())
    },
    send() {
      return submission.send().then(
        receipt => {
          this.setData({ sending: false })
          wx.redirectTo({ url: `/pages/receipt/index?receipt=${encodeURIComponent(JSON.stringify(receipt))}` })
        },
        refused => {
          const frozen = Boolean(submission.pending())
          const elsewhere = Object.keys(refused.fields).some(name => !(name in EMPTY))
          const told = frozen || elsewhere || !Object.keys(refused.fields).length
          this.setData({ sending: false, frozen, errors: refused.fields, trouble: told ? refused.message : '' })
        }
      )
    }
  }
})
