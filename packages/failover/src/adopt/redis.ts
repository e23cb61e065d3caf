import { judgeRedis } from '../policy/adoption/redis.ts';
import { inspectScript, moveScript } from './driver.ts';
import type { AdoptionDriver } from './driver.ts';

const FOLDER = 'db';
const DUMP = 'dump.rdb';

/** A password on stdin that is not asked for harms nothing. */
const CLI = `cli() { printf %s "$password" | docker exec -i "$container" sh -c 'REDISCLI_AUTH=$(cat) redis-cli "$@"' cli "$@" 2>/dev/null | tr -d '\\r'; }`;

const ASK = `
${CLI}
info() { printf '%s\\n' "$1" | sed -n "s/^$2://p"; }
setting() { cli CONFIG GET "$1" | sed -n 2p; }
if [ "$(cli PING)" = PONG ]; then
  server=$(cli INFO server)
  folder=$(setting dir)
  echo "version $(info "$server" redis_version)"
  echo "name $(info "$server" server_name)"
  echo "role $(cli ROLE | head -n 1)"
  echo "cluster $(info "$(cli INFO cluster)" cluster_enabled)"
  echo "unwritten $(info "$(cli INFO memory)" used_memory)"
  echo "folder $folder"
  echo "policy $(setting maxmemory-policy)"
  echo "databases $(setting databases)"
  echo "modules $(cli MODULE LIST | sed -n '/^name$/{n;p}' | grep -vx vectorset | joined)"
  echo "users $(cli ACL USERS | grep -vx default | joined)"
  echo "downstream $(info "$(cli INFO replication)" connected_slaves | sed 's/^0$//')"
  echo "open $([ -n "$(setting requirepass)" ] || echo yes)"
fi
inside=\${folder:-/data}
echo "next $(declared_says 'redis-server --version')"
`;

/** A log of changes may be of another shape or lie elsewhere: a dump that is written at the end holds all of it, whatever was persisted before. */
const END = `
${CLI}
stop() {
  name=$(cli CONFIG GET dbfilename | sed -n 2p)
  refusal=$(cli SHUTDOWN SAVE || true)
  [ -z "$refusal" ] || return 0
  left=1200
  while [ "$(docker inspect -f '{{.State.Running}}' "$container")" = true ] && [ "$left" -gt 0 ]; do sleep 0.1; left=$((left - 1)); done
}
doubt() {
  [ "$(docker inspect -f '{{.State.Running}} {{.State.ExitCode}}' "$container")" = 'false 0' ] || { echo "it did not write its data and stop: \${refusal:-no answer}"; return; }
  [ -s "$source/$name" ] || echo 'it left no dump'
}
`;

/** The dump stays where it is as well, so that the old container still finds it; nothing writes into a dump that is there. */
const TAKE = `
mkdir -p "$home/${FOLDER}"
ln "$source/$name" "$home/${FOLDER}/${DUMP}" || again 'its data could not be moved'
docker run --rm --network none -v "$home/${FOLDER}:/adopted" --entrypoint chown "$declared" -R redis:redis /adopted ||
  { rm -rf "$home/${FOLDER}"; again 'its data could not be given to their user'; }
`;

/** Takes Redis over. */
export const redisAdoption: AdoptionDriver = {
  folder: FOLDER,
  inspect: inspectScript(FOLDER, ASK),
  judge: judgeRedis,
  move: moveScript({ end: END, take: TAKE }),
  back: (folder) => [`mv ${folder} ${folder}.undone`],
};
