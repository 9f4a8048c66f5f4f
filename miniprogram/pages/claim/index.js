// Earlier requests are taken over into the account: those of this phone with one tap, others with number and password.
const session = require('../../utils/session')
const store = require('../../utils/store')

Component({
  behaviors: [require('../../utils/spoken'), require('../../utils/asking')],
  data: { fields: ['number', 'password', 'phone_tail'], number: '', password: '', tail: '', askTail: false, here: [] },
  methods: {
    onLoad(query) {
      this.speak('claimTitle')
      this.show()
      if (query.number) this.askFor(query.number)
    },
    /** Many ask at this moment, and the desk wants the telephone's ending too. */
    askFor(number) {
      const known = session.mine().find(one => one.number === number)
      this.setData({ askTail: true, number, password: known ? known.password : this.data.password })
    },
    /** What this phone can open and has not given to this enterprise yet. */
    show() {
      const enterprise = store.get('enterprise', '')
      this.setData({ here: session.mine().filter(one => one.password && one.taken !== enterprise) })
    },
    claim() {
      const { number, password, w } = this.data
      if (this.lacks({ number: w.numberMissing, password: w.passwordMissing })) return Promise.resolve()
      return this.take(number.trim(), password.trim(), () => this.setData({ number: '', password: '', tail: '', askTail: false }))
    },
    claimHere(event) {
      const one = session.mine().find(known => known.number === event.currentTarget.dataset.number)
      return this.take(one.number, one.password, () => {})
    },
    take(number, password, after) {
      const asked = { number, password, phone_tail: this.data.tail.trim() }
      return this.once(() => this.ask('claim', asked).then(line => {
        if (session.mine().some(one => one.number === line.number)) {
          session.remember({ number: line.number, taken: store.get('enterprise', '') })
        }
        after()
        this.show()
        this.setData({ note: `${line.number} ${this.data.w.claimed}` })
      }, refused => {
        if (refused.fields.phone_tail) this.askFor(number)
        throw refused
      }))
    }
  }
})
