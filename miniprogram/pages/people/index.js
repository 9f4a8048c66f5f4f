// Who acts for the enterprise; its managers invite, give roles and end access.
const moments = require('../../utils/moments')

const ROLES = [['clerk', 'clerk'], ['manager', 'manager']]

Component({
  behaviors: [require('../../utils/spoken'), require('../../utils/asking')],
  data: {
    fields: ['name', 'phone', 'role'], name: '', phone: '', role: 'clerk', roles: [], manages: false, members: [],
    invitations: [], loaded: false
  },
  methods: {
    onLoad() {
      const w = this.speak('people')
      this.setData({ roles: ROLES.map(([code, word]) => ({ code, word: w[word] })) })
      return this.load()
    },
    onPullDownRefresh() {
      return this.load().then(() => wx.stopPullDownRefresh())
    },
    load() {
      const w = this.data.w
      return this.ask('people').then(said => this.setData({
        manages: said.manages,
        members: said.members.map(one => Object.assign({}, one, {
          other: one.role === 'manager' ? 'clerk' : 'manager', change: one.role === 'manager' ? w.makeClerk : w.makeManager
        })),
        invitations: said.invitations.map(one => Object.assign({}, one, { ends_at: moments.shown(one.ends_at) })),
        loaded: true, trouble: ''
      })).catch(refused => this.refused(refused))
    },
    again() {
      return this.load()
    },
    pickRole(event) {
      this.setData({ role: event.currentTarget.dataset.code })
    },
    invite() {
      const { name, phone, role, w } = this.data
      if (this.lacks({ name: w.empty, phone: w.mobileMissing })) return Promise.resolve()
      return this.once(() => this.ask('invite', { name: name.trim(), phone: phone.trim(), role }).then(() => {
        this.setData({ name: '', phone: '', role: 'clerk' })
        return this.after(w.invited)
      }))
    },
    /** Read anew what a change has made of the list, then say that it is done. */
    after(note) {
      return this.load().then(() => this.setData({ note }))
    },
    changeRole(event) {
      const { id, other } = event.currentTarget.dataset
      const one = this.member(id)
      return this.sure(one.change, one.name || one.phone).then(yes => yes && this.once(
        () => this.ask('changeRole', { membership_id: id, role: other }).then(() => this.after(this.data.w.savedNow))
      ))
    },
    member(id) {
      return this.data.members.find(one => one.id === id)
    },
    endAccess(event) {
      const one = this.member(event.currentTarget.dataset.id)
      const w = this.data.w
      return this.sure(w.endAccess, one.yourself ? w.leaveAsk : `${one.name || one.phone} ${w.endAsk}`).then(yes => yes && this.once(
        () => this.ask('endAccess', { membership_id: one.id }).then(() => (one.yourself ? this.leave(w.left) : this.after(w.savedNow)))
      ))
    },
    revoke(event) {
      const { id } = event.currentTarget.dataset
      return this.once(() => this.ask('revoke', { invitation_id: id }).then(() => this.after(this.data.w.revoked)))
    }
  }
})
