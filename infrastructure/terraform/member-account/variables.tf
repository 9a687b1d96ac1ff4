variable "role_name" {
  description = "Name of the role; with role_path before it, the deployment's MemberRoleName"
  type        = string
  default     = "latchkey-member"
}

variable "role_path" {
  description = "Path of the role, such as /audit/"
  type        = string
  default     = "/"
}

variable "collect_role_arn" {
  description = "Output CollectRoleArn of the deployment"
  type        = string
}

variable "check_role_arn" {
  description = "Output CheckRoleArn of the deployment"
  type        = string
}

variable "external_id" {
  description = "The deployment's ExternalId"
  type        = string
  sensitive   = true

  validation {
    condition     = length(var.external_id) >= 2
    error_message = "external_id has at least two characters."
  }
}

variable "permissions_boundary" {
  description = "ARN of a permissions boundary for the role; null: none"
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of the role"
  type        = map(string)
  default     = {}
}
