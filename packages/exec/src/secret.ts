const REDACTED = '[secret]';

/** A value that shows itself only through `reveal()`: text, JSON and inspect forms are redacted. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** Gives the value. Call it only where a process or a file is written. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED;
  }
}

/** Where the values of secrets come from. */
export type SecretStore = {
  /** Gives the value of one secret. Throws when there is none of that name. */
  read(name: string): Promise<Secret>;
};
