package org.jenkinsci.plugins.workflow.steps

/** What an abort, a timeout or a milestone throws, with the public face of Jenkins's own class. */
class FlowInterruptedException extends InterruptedException {
  final Object result

  FlowInterruptedException(Object result) {
    super("interrupted: ${result}")
    this.result = result
  }
}
