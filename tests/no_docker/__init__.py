"""GitHub without Docker: the steps of no-docker/action.yml, their scripts run by a real bash."""
