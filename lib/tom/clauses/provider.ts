// The cloud provider's attestations for inherited clauses. The reports are in AWS Artifact, under its terms.

/** AWS's management of information security, certified. (AWS page "ISO/IEC 27001:2022", AWS Artifact) */
export const awsIso27001 = 'AWS ISO/IEC 27001:2022 certificate (AWS Artifact)';

/** An independent auditor's examination of AWS's controls over a period. (AWS page "SOC", AWS Artifact) */
export const awsSoc2 = 'AWS SOC 2 Security, Availability, Confidentiality & Privacy Report (AWS Artifact)';

/**
 * Public description of the buildings of AWS: power, access, destruction of media. (AWS page "Data Centers: Our
 * Controls")
 */
export const awsDataCenterControls = 'AWS page "Data Centers: Our Controls"';
