// Reports builds and deployments of Jenkins to Atlassian Compass.
//
//   compassEvent(environment: 'production') {   // begins, runs, ends with the true outcome
//     sh './deploy.sh'
//   }
//   compassEvent()                              // reports what the build has come to so far
//
// The arguments are the inputs of Compass Event, as `component-id` or `componentId`; a list is a list.
// What Jenkins tells its agents, the program reads there. This library adds what only the pipeline
// knows: the outcome and the start.
import groovy.json.JsonOutput
import groovy.transform.Field
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException

// In the order of the list of inputs. A token does not belong in a Jenkinsfile, so it is none of them.
@Field final List<String> INPUTS = [
  // inputs: groovy
  'site',
  'cloud-id',
  'api-url',
  'component-id',
  'component-slug',
  'component-file',
  'component-map',
  'changed-files',
  'event-type',
  'state',
  'event-id',
  'severity',
  'display-name',
  'description',
  'url',
  'started-at',
  'completed-at',
  'last-updated',
  'properties',
  'external-event-source-id',
  'update-sequence-number',
  'environment',
  'environment-id',
  'environment-category',
  'environment-map',
  'pipeline-id',
  'pipeline-name',
  'pipeline-url',
  'sequence-number',
  'scope',
  'commit',
  'ref',
  'on-error',
  'timeout',
  'outbox',
  'dry-run',
  'verify',
  'ci',
  'json',
  'debug',
  // end of inputs
]

// How it is done, not what is reported.
//   credentials-id  user name and password: the e-mail address and the API token; `compass` if not given
//   image           the image to run; if not given, the command `compass-event` where there is one
@Field final List<String> SETTINGS = ['credentials-id', 'image']

def call(Map given = [:], Closure body) {
  long began = System.currentTimeMillis()
  String before = currentBuild.currentResult
  String record = "compass-event-${began}.json"
  def returned
  try {
    report(given, 'in_progress', began, record)
    returned = body()
  } catch (FlowInterruptedException interrupted) {
    report(given, resultOf(interrupted), began, record)
    throw interrupted
  } catch (Throwable failure) {
    report(given, 'FAILURE', began, record)
    throw failure
  }
  // A deployment in a build that has been unstable before is not unstable for that.
  String now = currentBuild.currentResult
  failIfAsked(given, report(given, isDeployment(given) && now == before ? 'SUCCESS' : now, began, record))
  return returned
}

def call(Map given = [:]) {
  failIfAsked(given, report(given, currentBuild.currentResult, currentBuild.startTimeInMillis, null))
}

// Sends one report; the program's exit code, or 0 if it could not be run. An interruption goes through,
// for who aborts a build wants it to end; nothing else does.
private int report(Map given, String state, long began, String record) {
  try {
    Map inputs = read(given)
    String image = inputs.remove('image') ?: ''
    String credentials = inputs.remove('credentials-id') ?: 'compass'
    // A build is as old as Jenkins says, a deployment as its block.
    long started = isDeployment(given) ? began : currentBuild.startTimeInMillis
    inputs = ['started-at': "${started}", 'state': state] + inputs
    if (record) {
      inputs['state'] = state
      inputs['record'] = "${pwd(tmp: true)}/${record}"
    }
    int status = 0
    withEnv(variables(inputs) + ["COMPASS_EVENT_IMAGE=${image}"]) {
      if (env.COMPASS_API_TOKEN) {
        status = execute()
      } else {
        withCredentials([usernamePassword(credentialsId: credentials,
            usernameVariable: 'COMPASS_EMAIL', passwordVariable: 'COMPASS_API_TOKEN')]) {
          status = execute()
        }
      }
    }
    return status
  } catch (FlowInterruptedException interrupted) {
    throw interrupted
  } catch (Throwable problem) {
    echo "compassEvent: nothing was reported. ${problem.message}"
    return 0
  }
}

private int execute() {
  if (isUnix()) {
    return sh(label: 'Report to Compass', returnStatus: true,
      script: libraryResource('compass-event/report.sh'))
  }
  return bat(label: 'Report to Compass', returnStatus: true, script: '@compass-event')
}

private void failIfAsked(Map given, int status) {
  if (status != 0 && read(given)['on-error'] == 'fail') {
    error 'compassEvent: the event could not be reported; see above.'
  }
}

// What was given, under the names of the list.
private Map read(Map given) {
  Map inputs = [:]
  List<String> unknown = []
  for (entry in given) {
    String name = entry.key.toString().replaceAll('([a-z])([A-Z])', '$1-$2').toLowerCase()
    if (!(name in INPUTS) && !(name in SETTINGS)) {
      unknown << entry.key.toString()
    } else if (entry.value != null) {
      inputs[name] = entry.value
    }
  }
  if (unknown) {
    throw new IllegalArgumentException("Not an input: ${unknown.join(', ')}. See the list of inputs in docs/reference.md.")
  }
  return inputs
}

// As the program's environment has them. Jenkins replaces $NAME in these values, so it is doubled.
private List<String> variables(Map inputs) {
  List<String> result = []
  for (entry in inputs) {
    def value = entry.value
    String text = value instanceof Map ? JsonOutput.toJson(value) : value instanceof List ? value.join('\n') : "${value}"
    result << "COMPASS_${entry.key.toUpperCase().replace('-', '_')}=${text.replace('$', '$$')}".toString()
  }
  return result
}

private boolean isDeployment(Map given) {
  String type = "${given['eventType'] ?: given['event-type'] ?: env.COMPASS_EVENT_TYPE ?: 'auto'}".toLowerCase()
  return type == 'deployment' || (type == 'auto' && (given.environment || env.COMPASS_ENVIRONMENT))
}

// ABORTED by a person or a timeout, NOT_BUILT by a milestone. In a sandbox this may not be asked.
private String resultOf(FlowInterruptedException interrupted) {
  try {
    return interrupted.result.toString()
  } catch (Throwable refused) {
    return 'ABORTED'
  }
}
