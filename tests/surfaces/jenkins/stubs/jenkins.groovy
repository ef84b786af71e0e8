// Plays a Jenkinsfile: the steps that our library uses, scripted, and as much of declarative as our
// examples have. `sh` really runs its script, in the workspace, with the variables in force.
//
//   groovy -cp stubs jenkins.groovy JENKINSFILE LIBRARY WORKSPACE
//
// The last line of the output is the build as JSON: result, exception and log.
import groovy.json.JsonOutput
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException

class Build {
  static final List ORDER = ['SUCCESS', 'UNSTABLE', 'FAILURE', 'NOT_BUILT', 'ABORTED'] // hudson.model.Result
  long startTimeInMillis = 1769822625123L // 2026-01-31T01:23:45.123Z
  String result

  String getCurrentResult() { result ?: 'SUCCESS' }

  void setResult(String wanted) { // a result only gets worse
    if (ORDER.indexOf(wanted) > ORDER.indexOf(currentResult)) { result = wanted }
  }
}

class AbortException extends IOException { // hudson.AbortException
  AbortException(String message) { super(message) }
}

class Agent {
  File workspace
  File library
  Build build = new Build()
  List log = []
  List layers = [[:] + System.getenv()]

  Map getVariables() {
    Map all = [:]
    layers.each { all.putAll(it) }
    return all
  }

  // hudson.Util.replaceMacro: $NAME and ${NAME} where they are known, $$ is a dollar.
  String expand(String text) {
    text.replaceAll(/\$(\$|[A-Za-z0-9_]+|\{[A-Za-z0-9_.]+\})/) { String whole, String name ->
      name == '$' ? '$' : variables.getOrDefault(name.replaceAll('[{}]', ''), whole)
    }
  }

  def within(Map layer, Closure body) {
    layers << layer
    try { return body() } finally { layers.pop() }
  }

  int run(String script) {
    File file = File.createTempFile('script', '.sh')
    file.text = script
    List command = script.startsWith('#!') ? ['sh', file.path] : ['sh', '-xe', file.path]
    ProcessBuilder builder = new ProcessBuilder(command).directory(workspace).redirectErrorStream(true)
    builder.environment().clear()
    builder.environment().putAll(variables)
    Process process = builder.start()
    process.outputStream.close()
    process.inputStream.eachLine { log << it }
    file.delete()
    return process.waitFor()
  }
}

File jenkinsfile = new File(args[0])
Agent agent = new Agent(library: new File(args[1]), workspace: new File(args[2]))
agent.layers << [WORKSPACE: agent.workspace.path, WORKSPACE_TMP: "${agent.workspace.path}@tmp".toString()]
Build build = agent.build
Binding steps = new Binding()

class Env {
  Agent agent

  def getProperty(String name) { agent.variables[name] }
}

Map table = [
  currentBuild: build,
  env: new Env(agent: agent),
  echo: { agent.log << "${it}".toString() },
  error: { throw new AbortException("${it}") },
  isUnix: { true },
  pwd: { Map how = [:] -> agent.variables[how.tmp ? 'WORKSPACE_TMP' : 'WORKSPACE'] },
  libraryResource: { new File(agent.library, "resources/${it}").text },
  unstable: { agent.log << "${it}".toString(); build.result = 'UNSTABLE' },
  milestone: { throw new FlowInterruptedException('NOT_BUILT') },
  abort: { throw new FlowInterruptedException('ABORTED') }, // a person presses the button
  library: { agent.log << "library ${it}".toString() },
  checkout: { [GIT_URL: 'https://git.acme.example/acme/shop.git'] },
  scm: 'scm',
  node: { Closure body -> body() },
  stage: { String name, Closure body -> agent.within([STAGE_NAME: name], body) },
  usernamePassword: { it },
  withEnv: { List given, Closure body ->
    Map layer = [:]
    given.each { String one -> String[] pair = one.split('=', 2); layer[pair[0]] = agent.expand(pair[1]) }
    agent.within(layer, body)
  },
  withCredentials: { List wanted, Closure body ->
    Map one = wanted[0]
    if (one.credentialsId != 'compass') { throw new AbortException("Could not find credentials entry with ID '${one.credentialsId}'") }
    agent.within([(one.usernameVariable): 'ci@acme.example', (one.passwordVariable): 'made-up-token'], body)
  },
  sh: { given ->
    Map how = given instanceof Map ? given : [script: given]
    int code = agent.run(how.script.toString())
    if (how.returnStatus) { return code }
    if (code != 0) { throw new AbortException("script returned exit code ${code}") }
  },
]
table.each { name, value -> steps.setVariable(name, value) }

// Scripts call what is bound; the library is bound as its `call`s.
GroovyShell shell = new GroovyShell(this.class.classLoader, steps)
Script ours = shell.parse(new File(agent.library, 'vars/compassEvent.groovy'))
ours.run() // sets the fields
steps.setVariable('compassEvent', { Object... given -> ours.call(*given) })

// Declarative: stages in order until one fails, then `post`.
class Declarative {
  Map variables = [:]
  List stages = []
  Map post = [:]
  Closure failing

  void agent(Object... ignored) {}
  void options(Closure ignored) {}
  void environment(Closure body) { body.delegate = variables; body.resolveStrategy = Closure.DELEGATE_FIRST; body() }
  void stages(Closure body) { body.delegate = this; body.resolveStrategy = Closure.DELEGATE_FIRST; body() }
  void stage(String name, Closure body) { stages << [name: name, body: body] }
  void post(Closure body) { body.delegate = this; body.resolveStrategy = Closure.DELEGATE_FIRST; body() }
  void always(Closure body) { post.always = body }
}

class Stage {
  Closure work

  void when(Closure ignored) {}
  void steps(Closure body) { work = body }
}

steps.setVariable('any', 'any')
steps.setVariable('script', { Closure body -> body() })
steps.setVariable('pipeline', { Closure body ->
  Declarative plan = new Declarative()
  body.delegate = plan
  body.resolveStrategy = Closure.DELEGATE_FIRST
  body()
  agent.within(plan.variables.collectEntries { k, v -> [k, v.toString()] }) {
    Throwable failed
    try {
      plan.stages.each { Map one ->
        Stage stage = new Stage()
        one.body.delegate = stage
        one.body.resolveStrategy = Closure.DELEGATE_FIRST
        one.body()
        agent.within([STAGE_NAME: one.name], stage.work)
      }
    } catch (Throwable failure) {
      failed = failure
      build.result = failure instanceof FlowInterruptedException ? failure.result : 'FAILURE'
    }
    plan.post.always?.call()
    if (failed) { throw failed }
  }
})

String thrown
try {
  shell.evaluate(jenkinsfile)
} catch (Throwable failure) {
  thrown = "${failure.class.simpleName}: ${failure.message}"
  build.result = failure instanceof FlowInterruptedException ? failure.result : 'FAILURE'
}
println JsonOutput.toJson([result: build.currentResult, thrown: thrown, log: agent.log])
