from django.urls import path

from studio.teams import audit, connections, members, people, sandbox_door, signin

app_name = "teams"
urlpatterns = [
    path("sign-in/<str:token>/", signin.sign_in, name="sign-in"),
    path("profile/", people.profile, name="profile"),
    path("profile/later/", people.later, name="later"),
    path("team/", people.team, name="team"),
    path("team/rename/", people.rename, name="rename"),
    path("team/invite/", members.invite, name="invite"),
    path("team/invitations/<int:pk>/withdraw/", members.withdraw, name="invitation-withdraw"),
    path("team/members/<int:pk>/role/", members.role, name="member-role"),
    path("team/members/<int:pk>/remove/", members.remove, name="member-remove"),
    path("team/hand-over/", members.transfer, name="hand-over"),
    path("team/leave/", members.leave, name="leave"),
    path("invitation/<str:token>/", members.invitation, name="invitation"),
    path("team/audit/", audit.audit, name="audit"),
    path("team/audit.csv", audit.export, name="audit-export"),
    path("team/switch/", people.switch, name="switch"),
    path("team/balance/", connections.balance, name="balance"),
    path("team/connections/", connections.connections, name="connections"),
    path("team/connections/new/", connections.new, name="connection-new"),
    path("team/connections/<int:pk>/", connections.connection, name="connection"),
    path("team/connections/<int:pk>/test/", connections.test, name="connection-test"),
    path("team/connections/<int:pk>/start/", connections.start, name="connection-start"),
    path("team/connections/<int:pk>/delete/", connections.delete, name="connection-delete"),
    path("team/connections/<int:pk>/sandbox/", sandbox_door.sandbox, name="sandbox"),
    path("team/connections/<int:pk>/sandbox/books/", sandbox_door.sandbox_books, name="sandbox-books"),
    path("team/connections/<int:pk>/sandbox/<slug:verb>/", sandbox_door.sandbox_turn, name="sandbox-turn"),
]
