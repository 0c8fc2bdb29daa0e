// Resource patterns of policies: whether one names something of the deployment, or stands for whatever there is.
import { type Resource, valueAt } from './assembly';

/** Services whose ARNs begin with the name of the resource; in all others its kind comes first, as in `key/...` or `log-group:...`. */
const withoutKind = ['execute-api', 's3', 'sns', 'sqs'];

/**
 * An auto scaling group's ARN has the id that AWS makes up before the name that tells it from others ("Actions, resources, and condition
 * keys for Amazon EC2 Auto Scaling").
 */
const idBeforeName = /^autoScalingGroup:\*:autoScalingGroupName\//;

/**
 * Whether a resource pattern names something: after its kind comes a name that begins with plain text, or with a reference. A pattern
 * that names nothing, as `*`, `arn:aws:kms:*:*:key/*` or `arn:aws:s3:::*-*`, stands for all there is, and so does one that a parameter
 * fills in at deployment, and what is no ARN at all.
 */
export function namesSomething(pattern: string, from: Resource): boolean {
  const parts = fillPattern(pattern, from);
  if (parts.startsWith('${')) return !parts.startsWith('${?}');
  const [, service = '', name] = /^arn:[^:]*:([^:]*):[^:]*:[^:]*:(.*)$/s.exec(parts) ?? [];
  if (name === undefined) return false;
  const segments = name.replace(idBeforeName, 'autoScalingGroup/').split(/[/:]/);
  const named = withoutKind.includes(service) ? segments : segments.slice(1);
  // A part that an intrinsic function cuts out of a reference names no more and no less than what follows it.
  const first = named.find((segment) => segment !== '' && segment !== '${?}');
  return first !== undefined && /^(?:\$\{|[\w.-]{3})/.test(first);
}

/** The pattern with what parameters of the template stand for: anything. */
function fillPattern(pattern: string, { stack }: Resource): string {
  return pattern.replace(/\$\{([^}.]+)\}/g, (reference, name: string) =>
    valueAt(stack.template.Parameters, name) === undefined ? reference : '*',
  );
}
