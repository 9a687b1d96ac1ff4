output "member_role_arn" {
  description = "The role that the deployment assumes"
  value       = aws_iam_role.member.arn
}
