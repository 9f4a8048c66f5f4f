// A sentence that must not be overlooked, with at most one thing to do about it. Tells `act`.
Component({
  properties: { level: { type: String, value: 'over' }, text: String, action: String },
  methods: {
    act() {
      this.triggerEvent('act')
    }
  }
})
