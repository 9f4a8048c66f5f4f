// A labelled box: hint and refusal stand at it, and are read out with it. Tells `change` with {name, value}.
Component({
  properties: {
    name: String,
    label: String,
    value: String,
    hint: String,
    error: String,
    type: { type: String, value: 'text' },
    long: Boolean,
    secret: Boolean,
    disabled: Boolean,
    most: { type: Number, value: 200 }
  },
  methods: {
    typed(event) {
      this.triggerEvent('change', { name: this.data.name, value: event.detail.value })
    }
  }
})
