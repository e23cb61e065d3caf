import { describe, expect, it } from 'vitest';

import { findSecrets, isPlaceholder, isSecretName } from './secrets.ts';

describe('isSecretName', () => {
  it.each(['DB_PASSWORD', 'PGPASSWORD', 'api-key', 'app.secret', 'GITHUB_TOKEN', 'SECRET_KEY_BASE'])(
    'knows %s',
    (name) => {
      expect(isSecretName(name)).toBe(true);
    },
  );

  it.each(['DB_PASSWORD_FILE', 'TOKEN_TTL', 'COMPASS', 'AWS_ACCESS_KEY_ID', 'flotilla.secrets-hash', 'secrets'])(
    'leaves %s alone',
    (name) => {
      expect(isSecretName(name)).toBe(false);
    },
  );
});

describe('findSecrets', () => {
  it('marks the password of a URL and nothing around it', () => {
    const text = 'x postgres://app:hunter2@db:5432/app y';
    expect(findSecrets(text).map(({ start, end }) => text.slice(start, end))).toEqual(['hunter2']);
  });

  it('leaves URLs without a password and with a placeholder alone', () => {
    expect(findSecrets('http://a:80/b@c postgres://u@db redis://:${PASSWORD}@cache')).toEqual([]);
  });

  it('marks a private key up to the end', () => {
    expect(findSecrets('a -----BEGIN OPENSSH PRIVATE KEY-----\nabc')).toMatchObject([{ start: 2, end: 41 }]);
  });

  it.each(['y', 'a.', 'a://', 'a:b', 'a://b:', '@'])('reads a megabyte of "%s" in linear time', (unit) => {
    expect(findSecrets(unit.repeat(1_000_000 / unit.length))).toEqual([]);
  });
});

describe('isPlaceholder', () => {
  it('takes empty texts, references and flags, and no word that could be a password', () => {
    expect(['', '${X}', '$X', 'true'].map(isPlaceholder)).toEqual([true, true, true, true]);
    expect(['changeme', '<password>', '${X}y', '1'].map(isPlaceholder)).toEqual([false, false, false, false]);
  });
});
