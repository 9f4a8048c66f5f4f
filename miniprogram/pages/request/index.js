// One request: where it stands, what the bureau asks or answers, and every step that is open now.
const api = require('../../utils/api')
const moments = require('../../utils/moments')
const { shown } = require('../../utils/numbers')
const photos = require('../../utils/photos')
const session = require('../../utils/session')
const store = require('../../utils/store')
const subscribe = require('../../utils/subscribe')

const RATINGS = ['promptness', 'attitude', 'result']
const NEED_WORDS = ['supplements', 'contests']

function worded(request) {
  const at = one => Object.assign({}, one, { at: moments.shown(one.at) })
  return Object.assign({}, request, {
    deadline: at(request.deadline),
    question: request.question && Object.assign({}, request.question, { until: moments.shown(request.question.until) }),
    answer: request.answer && Object.assign(at(request.answer), { contest_until: moments.shown(request.answer.contest_until) }),
    timeline: request.timeline.map(at)
  })
}

Component({
  behaviors: [require('../../utils/spoken')],
  data: { request: null, can: {}, text: '', ratings: [], marks: [1, 2, 3, 4, 5], errors: {}, trouble: '', note: '', waiting: 0, subscribable: false },
  methods: {
    onLoad(query) {
      this.number = shown(query.number)
      this.opened = session.signedIn()
      const w = this.speak('follow')
      this.setData({
        text: store.get('said', {})[this.number] || '',
        ratings: RATINGS.map(name => ({ name, word: w[name], mark: 0 }))
      })
      const known = this.known()
      if (known && known.told) subscribe.template().then(id => { this.template = id; this.setData({ subscribable: Boolean(id) }) })
    },
    /** What this phone keeps of it; nothing of one that the account opened, for the account can be left. */
    known() {
      return session.mine().find(one => one.number === this.number)
    },
    onShow() {
      return this.load().then(() => this.upload())
    },
    onPullDownRefresh() {
      return this.load().then(() => wx.stopPullDownRefresh())
    },
    /** Ask with the request's token; one that the desk no longer takes is asked for anew, once. */
    ask(name, values) {
      const tried = token => api.call(name, values, { token })
      return session.ticket(this.number).then(tried).catch(refused => {
        if (refused.kind === 'closed' || refused.status !== 401) throw refused
        session.drop(this.number)
        return session.ticket(this.number).then(tried)
      })
    },
    load() {
      return this.ask('read').then(
        request => {
          const can = {}
          request.steps.forEach(step => { can[step] = true })
          if (this.known()) session.remember({ number: this.number, subject: request.subject })
          this.setData({ request: worded(request), can, trouble: '', waiting: photos.waiting(this.number).length })
        },
        refused => this.trouble(refused)
      )
    },
    trouble(refused) {
      const closed = refused.kind === 'closed' || refused.fields.password || refused.fields.number
      if (refused.fields.phone_tail) {
        store.set('tail', { number: this.number, message: refused.fields.phone_tail })
        return wx.switchTab({ url: '/pages/appeal/index' })
      }
      if (closed) wx.switchTab({ url: this.opened && !this.known() ? '/pages/my/index' : '/pages/appeal/index' })
      return this.setData({ errors: refused.fields, trouble: refused.message || this.data.w.closed })
    },
    again() {
      return this.load()
    },
    typed(event) {
      this.setData({ text: event.detail.value })
      store.put('said', this.number, event.detail.value)
    },
    rate(event) {
      const { name, mark } = event.currentTarget.dataset
      this.setData({ ratings: this.data.ratings.map(one => (one.name === name ? Object.assign({}, one, { mark }) : one)) })
    },
    step(event) {
      const name = event.currentTarget.dataset.step
      if (name !== 'withdrawals') return this.take(name)
      return this.sure().then(yes => yes && this.take(name))
    },
    sure() {
      const w = this.data.w
      return new Promise(resolve => wx.showModal({
        title: w.withdraw, content: w.withdrawAsk, confirmText: w.sure, cancelText: w.no, success: said => resolve(said.confirm)
      }))
    },
    /** Take a step. Its words leave the phone only when the desk has them. */
    take(name) {
      const { text, w, request } = this.data
      if (this.busy) return Promise.resolve()
      if (NEED_WORDS.includes(name) && !text.trim()) {
        this.setData({ errors: { text: w.wordsMissing } })
        return Promise.resolve()
      }
      this.busy = true
      this.setData({ errors: {}, trouble: '', note: '' })
      return this.ask(name, this.said(name, text.trim(), request.version)).then(
        () => {
          store.put('said', this.number, undefined)
          this.setData({ text: '', note: w.done })
          return this.load()
        },
        refused => (refused.status === 409 ? this.load().then(() => this.setData({ note: w.changed, trouble: refused.message })) : this.trouble(refused))
      ).then(() => { this.busy = false })
    },
    said(name, text, version) {
      const values = { text, version }
      if (name !== 'confirmations') return values
      values.ratings = {}
      this.data.ratings.filter(one => one.mark).forEach(one => { values.ratings[one.name] = one.mark })
      return values
    },
    addPhotos() {
      return photos.choose(photos.MOST).then(paths => this.add(paths))
    },
    addFile() {
      return new Promise(resolve => wx.chooseMessageFile({
        count: 1, type: 'file', success: said => resolve(said.tempFiles.map(one => one.path)), fail: () => resolve([])
      })).then(paths => this.add(paths))
    },
    add(paths) {
      photos.queue(this.number, paths)
      return this.upload()
    },
    upload() {
      if (!photos.waiting(this.number).length || !this.data.request) return Promise.resolve()
      const names = this.data.request.files.map(one => one.name)
      return photos.flush(this.number, names).then(
        refusals => this.load().then(() => this.setData({ trouble: refusals.join(' ') })),
        refused => this.setData({ trouble: refused.message, waiting: photos.waiting(this.number).length })
      )
    },
    openFile(event) {
      const { id, picture } = event.currentTarget.dataset
      return session.ticket(this.number).then(token => api.download(id, token)).then(
        path => (picture ? wx.previewImage({ urls: [path] }) : wx.openDocument({ filePath: path })),
        refused => this.trouble(refused)
      )
    },
    subscribe() {
      const w = this.data.w
      return subscribe.ask(this.template).then(yes => this.setData({ note: yes ? w.willTell : w.wontTell }))
    }
  }
})
