// The public history of a request, newest first.
Component({
  properties: { entries: { type: Array, value: [] } }
})
