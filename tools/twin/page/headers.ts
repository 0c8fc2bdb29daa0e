// Response headers of the status page: those of the deployed portal, and a strict content security policy.

/**
 * The headers of DSS-6.7.1, as the load balancer sets them; then those that are optional for each client (DSS-6.7.2),
 * strict.
 */
export const headers = {
  'referrer-policy': 'strict-origin-when-cross-origin',
  'x-content-type-options': 'nosniff',
  'x-xss-protection': '1; mode=block',
  'strict-transport-security': 'max-age=15768000',
  'x-frame-options': 'SAMEORIGIN',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
} as const;
