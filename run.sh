#!/usr/bin/env bash
# Builds the server and runs it with a demonstration. Further arguments go to `mlactors demo`; see `./run.sh --help`.
set -euo pipefail
cd "$(dirname "$0")"
echo "building the server (a minute or two the first time) ..."
dotnet build src/MlActors.Node -c Release -v quiet --nologo
exec dotnet src/MlActors.Node/bin/Release/net10.0/mlactors.dll demo "$@"
