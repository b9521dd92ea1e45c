import { randomInt } from 'node:crypto';
import { Failure } from '../base/failure.js';
import { isImageTag } from '../base/image-reference.js';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LENGTH = 7;

/** Seven random letters and digits: a new tag at every build is what makes the cluster pull and roll out the new image. */
export function randomTag(): string {
  return fillTag('#'.repeat(LENGTH));
}

/** The tag for a build of the image `name`: the configured one, else a random one; each `#` is a random letter or digit. Fails with IMAGE_TAG_INVALID. */
export function tagFor(name: string, configured: string | undefined): string {
  if (configured === undefined) return randomTag();
  const tag = fillTag(configured);
  if (isImageTag(tag)) return tag;
  throw new Failure({
    code: 'IMAGE_TAG_INVALID',
    message: `images.${name}.tag is no valid image tag: "${configured}"`,
    subject: `images.${name}.tag`,
    hint: 'Use at most 128 letters, digits, "_", "." and "-", starting with a letter, a digit or "_"',
  });
}

function fillTag(pattern: string): string {
  return pattern.replaceAll('#', () => LETTERS[randomInt(LETTERS.length)] ?? '');
}
