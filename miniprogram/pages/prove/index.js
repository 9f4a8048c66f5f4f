// The enterprise is proved once: by a code to its legal person, by a call of the staff, or one was invited.
const moments = require('../../utils/moments')
const session = require('../../utils/session')
const store = require('../../utils/store')

Component({
  behaviors: [require('../../utils/spoken'), require('../../utils/asking')],
  data: {
    fields: ['register_code', 'code', 'name', 'token'], register_code: '', code: '', name: '', token: '', sent: false,
    calling: false, call: null
  },
  methods: {
    onLoad() {
      this.speak('proveEnterprise')
      return session.ask('account').then(account => this.waits(account.call), refused => this.refused(refused))
    },
    waits(call) {
      this.setData({ call: call && { name: call.name, at: moments.shown(call.asked_at) } })
    },
    /** The answer is the same whether the register knows the enterprise or not. */
    sendCode() {
      const { register_code, w } = this.data
      if (this.lacks({ register_code: w.registerCodeMissing })) return Promise.resolve()
      return this.once(() => session.ask('askProof', { register_code: register_code.trim() })
        .then(() => this.setData({ sent: true, note: w.proofSent })))
    },
    prove() {
      const { register_code, code, w } = this.data
      if (this.lacks({ register_code: w.registerCodeMissing, code: w.codeMissing })) return Promise.resolve()
      return this.once(() => session.ask('prove', { register_code: register_code.trim(), code: code.trim() })
        .then(said => this.acts(said, w.proved)))
    },
    turn() {
      this.setData({ calling: !this.data.calling, errors: {}, trouble: '', note: '' })
    },
    askCall() {
      const { register_code, name, w } = this.data
      if (this.lacks({ register_code: w.registerCodeMissing, name: w.empty })) return Promise.resolve()
      return this.once(() => session.ask('askCall', { register_code: register_code.trim(), name: name.trim() }).then(call => {
        this.setData({ calling: false, name: '' })
        this.waits(call)
      }))
    },
    /** The link that came by text message, or its last part. */
    join() {
      const { token, w } = this.data
      if (this.lacks({ token: w.linkMissing })) return Promise.resolve()
      return this.once(() => session.ask('join', { token: token.trim().split('/').pop() }).then(
        said => this.acts(said, w.joined),
        refused => { throw refused.status === 404 ? Object.assign({}, refused, { fields: { token: w.linkGone } }) : refused }
      ))
    },
    acts(said, notice) {
      store.set('enterprise', said.register_code)
      this.leave(notice)
    }
  }
})
