export type { Clock } from './clock.ts';
export type { Command, CommandResult, CommandRunner } from './command.ts';
export type { RemoteCommand, RemoteFleet, RemoteResult, RemoteServer } from './remote.ts';
