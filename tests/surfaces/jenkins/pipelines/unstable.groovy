node {
  compassEvent {
    unstable 'two tests have failed'
  }
}
