node {
  compassEvent(environment: 'production', image: 'mirror.acme.example/compass-event:0.1.0') {
    sh 'true'
  }
}
