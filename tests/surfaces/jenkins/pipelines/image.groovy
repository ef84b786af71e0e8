node {
  compassEvent(environment: 'production', image: 'mirror.acme.example/compass-event:0.2.0') {
    sh 'true'
  }
}
