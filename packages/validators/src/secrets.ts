const SECRET_NAME =
  /(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|(^|[_.-])(PASS|PWD|CREDENTIALS?|APIKEY)|(API|PRIVATE|SECRET|ACCESS|ENCRYPTION|SIGNING|MASTER|APP|LICENSE)[_.-]?KEY([_.-]BASE)?)$/i;
const PLACEHOLDER = /^(\$\{[^}]*\}|\$[A-Za-z_][A-Za-z0-9_]*)?$/;
const FLAG = /^(true|false|yes|no|on|off|null|none)$/i;
/** Every part is bounded, so that a line of a megabyte costs no more than its length. */
const CREDENTIALS_IN_URL = /\b[a-z][a-z0-9+.-]{0,31}:\/\/[^/\s:@"']{0,256}:([^@/\s"']{1,1024})@/gi;
const PRIVATE_KEY = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/;
const ISSUED_TOKEN =
  /\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}|sk_live_[A-Za-z0-9]{10,}|AKIA[0-9A-Z]{16}|AGE-SECRET-KEY-1[A-Z0-9]{50,})/g;

/** Tells whether a variable or key of this name holds a secret: `DB_PASSWORD` and `api-key` do, `TOKEN_TTL` and `DB_PASSWORD_FILE` do not. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** Tells whether a value stands for another that is put in later, or says nothing: empty, `${NAME}`, `$NAME`, or a flag such as `true`. */
export function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value) || FLAG.test(value);
}

/** A part of a text that is secret by its own shape, whatever names it. */
export type SecretSpan = { readonly start: number; readonly end: number; readonly why: string };

/** Gives the parts of a text that are secret by their shape, in order: passwords in URLs, private keys, tokens of known issuers. */
export function findSecrets(text: string): readonly SecretSpan[] {
  const spans: SecretSpan[] = [];
  for (const match of text.matchAll(CREDENTIALS_IN_URL)) {
    const password = match[1] ?? '';
    if (isPlaceholder(password)) continue;
    const end = match.index + match[0].length - 1;
    spans.push({ start: end - password.length, end, why: 'holds a password inside a URL' });
  }
  for (const match of text.matchAll(ISSUED_TOKEN)) {
    spans.push({ start: match.index, end: match.index + match[0].length, why: 'holds a token that a service issued' });
  }
  const key = PRIVATE_KEY.exec(text);
  if (key !== null) spans.push({ start: key.index, end: text.length, why: 'holds a private key' });
  return spans.sort((left, right) => left.start - right.start);
}
