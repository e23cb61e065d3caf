export { systemClock } from './clock.ts';
export type { Clock } from './clock.ts';
export type { Command, CommandResult, CommandRunner } from './command.ts';
export { demand, lastLines } from './demand.ts';
export type { DemandedCommand } from './demand.ts';
export { fakeClock } from './fake-clock.ts';
export { appendJournal } from './journal.ts';
export type { JournalEntry } from './journal.ts';
export { FENCED } from './lock-scripts.ts';
export { acquireLock, breakLock, keepLock, LOCK_TTL_SECONDS, parseLockOwner, releaseLock } from './lock.ts';
export type { AcquireResult, LockOwner, LockState, ServerLock } from './lock.ts';
export { pollUntil } from './poll.ts';
export type { PollOptions } from './poll.ts';
export { printable } from './printable.ts';
export { quoteRemote, remoteScript } from './quote.ts';
export { recordingFleet, recordingRunner } from './recording.ts';
export type {
  RecordedCommand,
  RecordingFleet,
  RecordingFleetOptions,
  RecordingRunner,
  RemoteReply,
  Reply,
} from './recording.ts';
export type { RemoteCommand, RemoteFleet, RemoteResult, RemoteServer } from './remote.ts';
export { Secret } from './secret.ts';
export type { SecretStore } from './secret.ts';
export { spawnRunner } from './spawn.ts';
export type { SpawnOptions } from './spawn.ts';
export { openSshFleet } from './ssh.ts';
export type { SshFleet, SshFleetOptions } from './ssh.ts';
