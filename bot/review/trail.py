"""What stands in the trail of who saw and did what, by the words that the program writes there."""

ACTIONS = (
    "sign_in", "sign_in_failed", "sign_out", "sign_out_everywhere", "set_password",
    "view_case", "watch_case", "view_team", "went_away", "came_back", "wording_stopped", "export_referrals",
    "search", "view_conversation", "reveal", "view_file", "view_figures", "view_audit", "verify", "deposit",
    "export", "export_sent",
    "view_protection", "erase", "legal_hold", "legal_hold_lifted",
    "add_staff", "change_staff", "disable_staff", "enable_staff",
    "propose_change", "agree_change", "refuse_change", "withdraw_change", "expire_change",
    "policies_in_force", "adopt_policies", "words_in_use", "refused",
)  # fmt: skip
