// Resource patterns of policies: whether a pattern names a resource or matches every resource.
import { type Resource, valueAt } from './assembly';

/**
 * Services whose ARNs begin with the resource name. In all others the resource type comes first, as in `key/...` or
 * `log-group:...`.
 */
const withoutKind = ['execute-api', 's3', 'sns', 'sqs'];

/**
 * The ARN of an auto scaling group has a generated id before the name ("Actions, resources, and condition keys for
 * Amazon EC2 Auto Scaling").
 */
const idBeforeName = /^autoScalingGroup:\*:autoScalingGroupName\//;

/**
 * Whether a resource pattern names a resource: after the resource type, the name begins with plain text or with a
 * reference. A pattern without a name, such as `*`, `arn:aws:kms:*:*:key/*` or `arn:aws:s3:::*-*`, matches every
 * resource. So does a pattern that a parameter completes at deployment, and a text that is not an ARN.
 */
export function namesResource(pattern: string, from: Resource): boolean {
  const parts = fillPattern(pattern, from);
  if (parts.startsWith('${')) return !parts.startsWith('${?}');
  const [, service = '', name] = /^arn:[^:]*:([^:]*):[^:]*:[^:]*:(.*)$/s.exec(parts) ?? [];
  if (name === undefined) return false;
  const segments = name.replace(idBeforeName, 'autoScalingGroup/').split(/[/:]/);
  const named = withoutKind.includes(service) ? segments : segments.slice(1);
  // A part that an intrinsic function cuts out of a reference is skipped: the segment after it decides.
  const first = named.find((segment) => segment !== '' && segment !== '${?}');
  return first !== undefined && /^(?:\$\{|[\w.-]{3})/.test(first);
}

/** The pattern with `*` for each parameter of the template. */
function fillPattern(pattern: string, { stack }: Resource): string {
  return pattern.replace(/\$\{([^}.]+)\}/g, (reference, name: string) =>
    valueAt(stack.template.Parameters, name) === undefined ? reference : '*',
  );
}
