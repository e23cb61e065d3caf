"""Moves the leader's lock of one Patroni service. Runs inside the container of a member, as root.

hand-over OLD NEW: on OLD, which is leader and well. replace OLD NEW: on NEW, after OLD was proved to be out.
Prints one JSON object and ends with 0, or with 3 (nothing changed: OLD is leader still or again) or 4 (the lock is free of OLD, and NEW does
not take writes). Every step may be repeated.
"""
import base64, glob, http.client, json, os, subprocess, sys, threading, time
from urllib.parse import urlsplit

import yaml

STEP = 0.02
NOTHING, HALF = 3, 4
action, old, new = sys.argv[1:4]
config = {}
for name in sorted(glob.glob('/run/patroni/config/*.yaml')):
    with open(name) as file:
        config.update({key: value for key, value in yaml.safe_load(file).items() if key in ('scope', 'etcd3')})
prefix = '/service/%s/' % config['scope']


def finish(code, **said):
    print(json.dumps(said))
    sys.exit(code)


def request(url, method='GET', body=None, headers=None, timeout=2.0):
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    try:
        connection.request(method, parts.path, None if body is None else json.dumps(body), headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def etcd(path, body):
    """Asks one etcd after the other until one answers; a lost one costs a second, once."""
    hosts = config['etcd3']['hosts']
    reason = 'no etcd answers'
    for host in list(hosts):
        try:
            status, text = request('http://%s/v3/kv/%s' % (host, path), 'POST', body, timeout=1.0)
            if status == 200:
                return json.loads(text)
            reason = '%s: %s' % (host, text.strip())
        except (OSError, http.client.HTTPException) as error:
            reason = '%s: %s' % (host, error)
        hosts.remove(host)
        hosts.append(host)
    raise OSError(reason)


def b64(text):
    return base64.b64encode(text.encode()).decode()


def find(key):
    return next(iter(etcd('range', {'key': b64(prefix + key)}).get('kvs', [])), None)


def read(key):
    found = find(key)
    return base64.b64decode(found['value']).decode() if found else None


def write(key, value):
    etcd('put', {'key': b64(prefix + key), 'value': b64(json.dumps(value))})


def release(lock):
    """Removes the lock as it was found: neither another member's, nor one that OLD took anew."""
    key = b64(prefix + 'leader')
    etcd('txn', {
        'compare': [{'key': key, 'target': 'CREATE', 'result': 'EQUAL', 'create_revision': lock['create_revision']}],
        'success': [{'request_delete_range': {'key': key}}],
    })


def lock_of_old():
    lock = find('leader')
    return lock if lock is not None and base64.b64decode(lock['value']).decode() == old else None


def until(seconds, probe):
    """Gives what the probe gives, or None when time is up. Who does not answer is asked again."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            found = probe()
            if found is not None:
                return found
        except (OSError, ValueError, http.client.HTTPException):
            pass
        time.sleep(STEP)
    return None


def ask(url):
    return json.loads(request(url)[1])


def is_leader(url):
    status, text = request(url + '/primary')
    told = json.loads(text) if status == 200 else {}
    return True if told.get('role') == 'primary' and told.get('state') == 'running' else None


def stopped_at():
    """Gives where the log ended, once the database has shut down cleanly."""
    told = subprocess.run(['pg_controldata', '-D', os.environ['PGDATA']], capture_output=True, text=True, env={**os.environ, 'LC_ALL': 'C'})
    facts = dict(line.split(':', 1) for line in told.stdout.splitlines() if ':' in line)
    if facts.get('Database cluster state', '').strip() != 'shut down':
        return None
    high, low = facts['Latest checkpoint location'].strip().split('/')
    return (int(high, 16) << 32) + int(low, 16)


def address(member):
    text = read('members/' + member)
    url = json.loads(text).get('api_url') if text else None
    if url is None:
        finish(NOTHING, reason='Patroni knows no member %s' % member)
    return url[:-len('/patroni')]


def is_synchronous():
    if not json.loads(read('config') or '{}').get('synchronous_mode'):
        return True
    standbys = json.loads(read('sync') or '{}').get('sync_standby') or ''
    return True if new in standbys.split(',') else None


def order_switchover(result):
    with open('/secrets/%s-guard' % os.environ['FLOTILLA_SERVICE']) as file:
        login = b64('flotilla:' + file.read().strip())
    headers = {'Content-Type': 'application/json', 'Authorization': 'Basic ' + login}
    try:
        result['answer'] = request('http://127.0.0.1:8008/switchover', 'POST', {'leader': old, 'candidate': new}, headers, 60)
    except (OSError, http.client.HTTPException) as error:
        result['answer'] = (0, str(error))


def hand_over():
    target = address(new)
    if until(15, is_synchronous) is None:
        finish(NOTHING, reason='%s is no synchronous standby' % new)
    lock = lock_of_old()
    if lock is None:
        finish(NOTHING, reason='%s is not the leader' % old)
    result = {}
    threading.Thread(target=order_switchover, args=(result,), daemon=True).start()

    def stopped():
        status, text = result.get('answer', (200, ''))
        if status != 200:
            finish(NOTHING, reason='Patroni refuses: ' + text.strip())
        return stopped_at()

    end = until(60, stopped)
    if end is None:
        write('failover', {})
        finish(NOTHING, reason='the database did not stop within 60 s')
    confirm = lambda: beyond(ask(target + '/patroni'), end)
    received = until(0.3, confirm)
    if received is None:
        # Patroni frees the lock by itself about a second after the stop, whoever has received what: NEW is told to leave it to OLD,
        # which pauses for two seconds before it may take it again. In that time nobody writes.
        write('failover', {'member': old})
        received = until(1.2, confirm)
        if received is not None:
            write('failover', {'member': new})
    if received is None:
        back = until(30, lambda: is_leader('http://127.0.0.1:8008') if lock_of_old() else None)
        finish(NOTHING if back else HALF, reason='%s did not confirm the end of the log at %d' % (new, end))
    proved = time.monotonic()
    release(lock)
    if until(20, lambda: is_leader(target)) is None:
        finish(HALF, reason='%s does not take writes after 20 s' % new)
    finish(0, end=end, received=received, sinceProofMs=round((time.monotonic() - proved) * 1000))


def beyond(status, end):
    received = status.get('xlog', {}).get('received_location', 0)
    return received if received > end else None


def replace():
    began = time.monotonic()

    def free():
        lock = lock_of_old()
        if lock is not None:
            write('failover', {'member': new})
            release(lock)
        return True

    if until(20, free) is None:
        finish(NOTHING, reason='no etcd with a majority answers')
    if until(30, lambda: is_leader('http://127.0.0.1:8008')) is None:
        finish(HALF, reason='%s does not take writes after 30 s; the leader is %s' % (new, read('leader') or 'nobody'))
    finish(0, sinceProofMs=round((time.monotonic() - began) * 1000))


try:
    {'hand-over': hand_over, 'replace': replace}[action]()
except OSError as error:
    finish(HALF if action == 'replace' else NOTHING, reason=str(error))
